namespace Hookseal.Tests;

public class ThreadTests
{
    [Fact]
    public void Threads_share_one_verifier()
    {
        using Verifier verifier = Deliveries.Plivo();
        string? replayKey = verifier.Verify(Deliveries.Request()).ReplayKey;
        Assert.NotNull(replayKey);
        Parallel.For(0, 8, worker =>
        {
            byte[] forged = [.. Deliveries.Body, (byte)worker];
            for (int round = 0; round < 5000; round++)
            {
                Assert.Equal(replayKey, verifier.Verify(Deliveries.Request()).ReplayKey);
                Assert.Equal(ErrorCode.SignatureMismatch, VerifierTests.Fails(verifier, Deliveries.Request(body: forged)));
            }
        });
    }

    [Fact]
    public void A_disposed_verifier_says_so()
    {
        Verifier verifier = Deliveries.Plivo();
        verifier.Dispose();
        verifier.Dispose();
        Assert.Throws<ObjectDisposedException>(() => verifier.Verify(Deliveries.Request()));
        Assert.Throws<ObjectDisposedException>(() => verifier.Sign("POST", Deliveries.Url, []));
        Assert.Equal("plivo", verifier.Scheme);
    }

    [Fact]
    public void Disposing_while_others_verify_is_an_exception_and_never_a_crash()
    {
        for (int round = 0; round < 200; round++)
        {
            Verifier verifier = Deliveries.Plivo();
            using var start = new Barrier(4);
            Parallel.Invoke(
                () =>
                {
                    start.SignalAndWait();
                    verifier.Dispose();
                },
                Hammer,
                Hammer,
                Hammer);

            void Hammer()
            {
                start.SignalAndWait();
                try
                {
                    for (int call = 0; call < 100; call++)
                    {
                        Assert.NotNull(verifier.Verify(Deliveries.Request()));
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            }
        }
    }

    [Fact]
    public void A_verifier_that_is_not_disposed_is_collected()
    {
        for (int i = 0; i < 2000; i++)
        {
            Assert.NotNull(Deliveries.Plivo().Verify(Deliveries.Request()));
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    [Fact]
    public async Task A_body_that_changes_during_a_call_gives_one_verdict_and_no_crash()
    {
        using Verifier verifier = Deliveries.GitHub();
        byte[] body = new byte[256 << 10];
        WebhookRequest request = Deliveries.Signed(verifier, body);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                body[^1]++;
            }
        }, TestContext.Current.CancellationToken);
        try
        {
            for (int round = 0; round < 200; round++)
            {
                bool verified = verifier.TryVerify(request, out _, out VerificationFailure? failure);
                Assert.True(verified || failure!.Code == ErrorCode.SignatureMismatch);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await writer;
        }
    }
}
