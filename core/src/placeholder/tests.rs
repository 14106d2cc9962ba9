use super::*;

#[test]
fn what_is_no_secret_is_seen() {
    for text in [
        // Nothing.
        "",
        " ",
        "\u{200b}",
        "\u{feff}",
        "\u{feff}\u{200b}\n",
        "\"\"",
        "''",
        "\" \"",
        "None",
        "null",
        "NULL",
        "undefined",
        "nil",
        "NaN",
        "n/a",
        "N/A",
        "unset",
        "False",
        "not set",
        "\"null\"",
        "'None'",
        "null\n",
        "\u{feff}undefined",
        "whsec_null",
        "sk_test_undefined",
        "Bearer undefined",
        "Basic null",
        "bearer  None",
        "[object Object]",
        "[REDACTED]",
        "redacted",
        "PLIVO_AUTH_TOKEN",
        "GITHUB_WEBHOOK_SECRET",
        "[[[[[[PLIVO_AUTH_TOKEN]]]]]]",
        // One character, masks.
        "********",
        "xxx",
        "XXXXXXXX",
        "0000000000",
        "11111111",
        "aaaaaaaa",
        "-",
        "…",
        "...",
        "••••••",
        "00000000-0000-0000-0000-000000000000",
        "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
        "sk_live_****1234",
        "••••••••abcd",
        "whsec_…",
        "whsec_...",
        "ghp_xxxxxxxxxxxx",
        "whsec_xxx",
        "whsec_your_secret",
        "whsec_replace_me",
        "whsec_changeme",
        "sk_live_YOUR_KEY",
        "FILL_ME_IN",
        "REPLACE_BEFORE_DEPLOY",
        "Configuration[\"X\"]",
        "Some(\"abc\")",
        "Optional[abc]",
        "process.env",
        // Requests.
        "YOUR_TOKEN",
        "your-auth-token-here",
        "yourSecretHere",
        "your-256-bit-secret",
        "changeme",
        "changeme\n",
        "CHANGE_ME",
        "Change-Me-Now",
        "changeit",
        "changeme123",
        "replace-me",
        "REPLACE_WITH_SECRET",
        "insert-token-here",
        "paste-it-from-the-plivo-console",
        "TODO",
        "TODO: set",
        "FIXME",
        "example",
        "example-secret",
        "placeholder",
        "dummy",
        "fake-token",
        "enter_your_secret",
        "put-your-key-here",
        "set-in-env",
        "no-secret",
        "not_configured",
        "API_KEY_HERE",
        "auth_token",
        "AuthToken",
        "WEBHOOK_SECRET",
        "test",
        // Variables.
        "[AuthToken]",
        "<secret>",
        "<your secret>",
        "{{secret}}",
        "{{ .Values.token }}",
        "{secret}",
        "${TOKEN}",
        "${{ secrets.TOKEN }}",
        "$(TOKEN)",
        "$PLIVO_AUTH_TOKEN",
        "$auth_token",
        "$token",
        "$env:TOKEN",
        "%TOKEN%",
        "%(token)s",
        "%{token}",
        "#{token}",
        "@token@",
        "@@TOKEN@@",
        "##TOKEN##",
        "__TOKEN__",
        "whsec_${TOKEN}",
        "Bearer ${TOKEN}",
        "<%= ENV['X'] %>",
        "{cipher}AQICAHh",
        "{noop}hunter2",
        "{\"secret\": \"abc\"}",
        "[\"abc\"]",
        "(none)",
        "%PLIVO_AUTH_TOKEN%",
        "@authToken@",
        "exampletoken",
        "placeholderValue",
        "todo",
        "your",
        "sample_key",
        "set-me",
        "config('token')",
        "secrets[\"TOKEN\"]",
        "Rails.application.credentials[\"x\"]",
        // Program text.
        "process.env.TOKEN",
        "import.meta.env.TOKEN",
        "os.environ[\"TOKEN\"]",
        "os.getenv('TOKEN')",
        "System.getenv(\"TOKEN\")",
        "ENV['TOKEN']",
        "env('TOKEN')",
        "settings.PLIVO_TOKEN",
        "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
        "ENC[AES256,data:x]",
        "System.String",
        "System.Byte[]",
        "[B@4e25154f",
        "com.acme.Secret@1a2b3c",
        "b'secret'",
        "SecretStr('**********')",
        // References.
        "@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/s/)",
        "sm://projects/x",
        "vault:secret/data/x#token",
        "op://vault/item/field",
        "arn:aws:secretsmanager:eu:1:secret:x",
        "ssm:/prod/token",
        "env:TOKEN",
        "file:///run/token",
        "https://example.com/hook",
        "/run/secrets/token",
        "!Ref Token",
        "projects/p/secrets/s/versions/1",
    ] {
        assert!(reason(text).is_some(), "{text:?}");
    }
}

#[test]
fn a_text_of_any_length_is_answered() {
    for (open, close) in [("<", ">"), ("(", ")"), ("[", "]"), ("{", "}"), ("${", "}")] {
        let nested = |depth: usize| format!("{}%%{}", open.repeat(depth), close.repeat(depth));
        assert_eq!(reason(&nested(200_000)), None, "{open}");
        // As deep as a text goes that is looked at.
        reason(&nested(170));
    }
}

#[test]
fn what_may_be_a_secret_is_none() {
    for text in [
        "It's a Secret to Everybody",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "MAXXXXXXXXXXXXXXXXXX",
        "ODE1ZmJkNzI3MzIwMmNmMDBiMDFiNjkxMDhlMjZj",
        "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
        "8f742231b10e8888abcd99yyyzzz85a5",
        "30291a20-0bd1-4267-9b0f-e6e7b123c0bf",
        "INVALID_VALID_SECRET",
        "SamplePrimaryKey",
        "whsec_test_secret",
        "my_secret_token",
        "test-auth-token-secret",
        "simple secret",
        "password",
        "12345",
        "~~~???",
        "k",
        "app",
        "pa:ss:word",
        "alkalmazás-ключ-😀",
        "Bearer static-text-1",
        "Basic dXNlcjpwYXNzd29yZA==",
        "correct horse",
        "SG.aB3_.x-Y",
        "_Ab3dEf9hIjKl_",
        "$ecretPassw0rd",
        "hunter2)",
        "Hunter[2]",
        "*XMCh*",
        "$K9",
        "ab.c(d",
        "whsec_test",
        "john.smith@1985",
        "$ecret_passw0rd",
        "[hunter2]",
        "<ch2g1w8Xg3>",
        "%(VKBIidRpq)",
        "-t\")#b_=(A#}",
        "q5e81.EtF@a7",
        "stay_true",
        "into_the_unknown",
        "hugs-xxx",
        "System.Of.A.Down",
        "get.lucky(2013)",
        "enc:ore",
        // Passphrases that begin as requests do.
        "Use Your Illusion II",
        "get me out of here",
        "see-the-real-me",
        "Your name is the password to my heart",
        "change this world for the better",
        "Change It Up 1987",
        "replace with care",
        "yourmonkey",
        "todo-el-mundo-es-bueno",
        "set-me-free-in-2024",
        "sample-size-of-one",
        "yourhonorisatstake",
        "your-honor-is-at-stake",
        "change-media-server-99",
        "example-driven-development",
        "insert-coin-to-continue",
        "use the force luke",
        "replace-the-batteries-2",
        "get-to-the-chopper",
        "todos-los-santos",
        "placeholders",
        "{x7!",
    ] {
        assert_eq!(reason(text), None, "{text:?}");
    }
}

/// Random texts of every alphabet that secrets are written in.
#[test]
fn nothing_random_is_taken_for_a_placeholder() {
    const PRINTABLE: &str = "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`\
        abcdefghijklmnopqrstuvwxyz{|}~";
    let alphanumeric = |byte: u8| byte.is_ascii_alphanumeric();
    let alphabets: [Vec<u8>; 5] = [
        b"0123456789abcdef".to_vec(),
        PRINTABLE.bytes().filter(|it| alphanumeric(*it)).collect(),
        PRINTABLE
            .bytes()
            .filter(|it| alphanumeric(*it) || b"+/".contains(it))
            .collect(),
        PRINTABLE
            .bytes()
            .filter(|it| alphanumeric(*it) || b"-_".contains(it))
            .collect(),
        PRINTABLE.bytes().collect(),
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for alphabet in &alphabets {
        for length in [6, 8, 10, 12, 16, 20, 24, 32, 40, 64] {
            for _ in 0..2_000 {
                let text: String = (0..length)
                    .map(|_| char::from(alphabet[random() % alphabet.len()]))
                    .collect();
                assert_eq!(reason(&text), None, "{text:?}");
            }
        }
    }
}
