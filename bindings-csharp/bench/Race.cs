using System.Diagnostics;

namespace Hookseal.Bench;

/// <summary>
/// Two ways to do the same work, timed in turns in one process, so that both see the same machine. The best of
/// many short passes counts: some of them are left alone by whatever else is running.
/// </summary>
internal static class Race
{
    private const int Passes = 800;
    private const int WarmUpPasses = 1000;
    private static readonly TimeSpan s_pass = TimeSpan.FromMilliseconds(0.5);

    internal static void Run(string name, Func<bool> ours, Func<bool> peer, string peerName = "hand-written")
    {
        if (!ours() || !peer())
        {
            throw new InvalidOperationException($"{name}: a verifier refuses the genuine delivery");
        }
        int ourCalls = WarmUp(ours);
        int peerCalls = WarmUp(peer);
        double ourBest = double.MaxValue;
        double peerBest = double.MaxValue;
        for (int pass = 0; pass < Passes; pass++)
        {
            ourBest = Math.Min(ourBest, Time(ours, ourCalls));
            peerBest = Math.Min(peerBest, Time(peer, peerCalls));
        }
        Console.WriteLine(
            $"{name,-28} hookseal {ourBest,8:0} ns {Allocated(ours),5} B   {peerName} {peerBest,8:0} ns {Allocated(peer),5} B   "
            + $"ratio {peerBest / ourBest:0.00}x");
    }

    /// <summary>Calls until the compiler has done its best; returns how many calls make up a pass.</summary>
    private static int WarmUp(Func<bool> work)
    {
        var watch = Stopwatch.StartNew();
        int calls = 0;
        while (watch.Elapsed < WarmUpPasses * s_pass)
        {
            work();
            calls++;
        }
        return calls / WarmUpPasses + 1;
    }

    /// <summary>Nanoseconds a call.</summary>
    private static double Time(Func<bool> work, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls; call++)
        {
            work();
        }
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / calls;
    }

    /// <summary>Bytes a call, of managed memory.</summary>
    private static long Allocated(Func<bool> work)
    {
        long start = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - start;
    }
}
