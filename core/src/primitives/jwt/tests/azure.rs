//! The worked examples of Azure Communication Services and Event Grid. Their
//! key was made for the purpose: they are no tokens of the vendor's.

use super::super::*;

pub(super) const JWKS: &[u8] = br#"{"keys":[{"kty":"RSA","use":"sig","kid":"test-1","alg":"RS256","n":"m856_CxTsRNOMh-FJujSgmPpw_rLIYSDx_tEOyQalxmxPwxJjM_GfRX3iKorLT-Kuny7A79v6MpSYED6MB47GBt66nWsWAFwyPMDtz2K9Yb4JPwus4HXfHPEQaLyxIGZJdN2qo57rqUULBILg4zvWzVLEnqYEBvhGgxGsAIn1oPP_tDI-iyoG0Zf7fEicxSL260f_93ugGp7rhr8D9-NFWrNNxFInqBKhaZ8opID54S-8Z-HMRpAf-8Q6pBBeQwFntlGABg7y6md5ylz6w2CkUvLNnJ7BzBT2F1uJkl_eeLFKISyYRJd2DFrbLmKyWLAW9OxLQ2vtKZFtjdtsEE2Xw","e":"AQAB"}]}"#;

/// A callback, valid from 1764000000 to 1764000300.
pub(super) const TOKEN: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.jAWhUZi3QtDVSEdObL5jCZUtLjTMgu94e7bxonokz4DBy7Ty8ZC-K6tclbPbWz-QcB-yyuE1sK5VI-djZnvwxXontWqwBE5sr5j6ZSewYRF0CxqwIX_jEgN-PlSPV1ddfYx1KGHy8gxuZijg3C-N7V--0104mCs3BKcU3gBQjcWpiG-gc00Im2PdSV0i0OhFN-nGhDvZV3IlOEEbSyRFx1wa_gNprHHh4DZGeXmnGnLZXJ3ytqv4IkQLSuHltcq2hsKhP7H5Fsy7NDMpt_sY9tMSNqwp5fiMC1yoxmE_LK9FoNzBY2mjI-FtnvVwsFmp6k3dIdVhzYlzr1vQHonYXA";

/// The same claims under `none`.
pub(super) const NONE: &str = "eyJhbGciOiJub25lIiwia2lkIjoidGVzdC0xIiwidHlwIjoiSldUIn0.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.";

/// The same claims under HS256, keyed with the PEM text of the public key.
pub(super) const CONFUSED: &str = "eyJhbGciOiJIUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2Fjc2NhbGxhdXRvbWF0aW9uLmNvbW11bmljYXRpb24uYXp1cmUuY29tIiwiYXVkIjoiYTQ2Y2ZhNmEtNzNjZS00YjA3LTljZmQtYzNjMjg0OTZjYTA4IiwiaWF0IjoxNzY0MDAwMDAwLCJuYmYiOjE3NjQwMDAwMDAsImV4cCI6MTc2NDAwMDMwMH0.30zVt7H6Ep2hq_oltoqQNEe2U_od2TBI1LIH85QJhrA";

/// A delivery of Event Grid, valid from 1764000000 to 1764003600.
pub(super) const ENTRA: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InRlc3QtMSIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJodHRwczovL2xvZ2luLm1pY3Jvc29mdG9ubGluZS5jb20vMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU1L3YyLjAiLCJhdWQiOiI2NjY2NjY2Ni03Nzc3LTg4ODgtOTk5OS1hYWFhYWFhYWFhYWEiLCJhenAiOiI0OTYyNzczYi05Y2RiLTQ0Y2YtYThiZi0yMzc4NDZhMDBhYjciLCJ0aWQiOiIxMTExMTExMS0yMjIyLTMzMzMtNDQ0NC01NTU1NTU1NTU1NTUiLCJyb2xlcyI6WyJBenVyZUV2ZW50R3JpZFNlY3VyZVdlYmhvb2tTdWJzY3JpYmVyIl0sInZlciI6IjIuMCIsImlhdCI6MTc2NDAwMDAwMCwibmJmIjoxNzY0MDAwMDAwLCJleHAiOjE3NjQwMDM2MDB9.D387T_Yn1fXDMZoaFUo26ASX9lTlRwDEOFiOXoaf35gK47ROZmpMNVivt_HtAelzfUWkxabnCss4EuzJbtbrdjkXkToMkxjfTnH9R-YGuaE_yUmowmAIUR7qw6w0mkl9MGcKK40MCPqza16Afi8eksSRdZB8xYqs9wLZ7UmvQCoLxqTFltRqfMtse-7e8C_0stsqj9AtwLa8TIM-ick-ePeksEBBKFkCIw_KN959HgSNsr5aoAjzKkVQutbmjXimevo_SfUUWIfO3Zjciee8x0boKxlHvtJi8P7dFq0rz5-W2G37A13AZyr5lCj2kjEj_OD1oKLLBVIXj5eF8h9H2w";

const ISSUER: &str = "https://acscallautomation.communication.azure.com";
const AUDIENCE: &str = "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08";

pub(super) fn keys() -> KeySet {
    KeySet::from_jwks(JWKS, OctKeys::Skipped).unwrap()
}

fn verify(token: &str) -> Result<VerifiedJwt, JwtError> {
    verify_compact(
        token.as_bytes(),
        &[JwtAlgorithm::RS256],
        &keys(),
        KidRule::Required,
    )
}

fn is_mismatch(verdict: Result<(), ClaimError>, name: &str) -> bool {
    matches!(verdict, Err(ClaimError::Mismatch(mismatch)) if mismatch.name == name)
}

fn callback_rules() -> ClaimRules {
    ClaimRules {
        issuers: vec![ISSUER.to_owned()],
        audiences: vec![AUDIENCE.to_owned()],
        audience_ignores_case: true,
        max_lifetime: Some(600),
        leeway: 60,
        ..ClaimRules::default()
    }
}

#[test]
fn the_callback_token_is_valid_within_the_skew() {
    let jwt = verify(TOKEN).unwrap();
    assert_eq!(jwt.algorithm, JwtAlgorithm::RS256);
    assert_eq!(jwt.key_label, "test-1");
    assert_eq!(
        jwt.claims.as_json(),
        format!(
            r#"{{"iss":"{ISSUER}","aud":"{AUDIENCE}","iat":1764000000,"nbf":1764000000,"exp":1764000300}}"#
        )
    );
    let check = |now| callback_rules().check(&jwt.claims, now);
    assert_eq!(check(1_763_999_939), Err(ClaimError::NotYetValid));
    for now in [1_763_999_940, 1_764_000_100, 1_764_000_359] {
        assert_eq!(check(now), Ok(()), "{now}");
    }
    assert_eq!(check(1_764_000_360), Err(ClaimError::Expired));
}

#[test]
fn issuer_and_audience_are_compared_as_the_provider_needs_it() {
    let claims = verify(TOKEN).unwrap().claims;
    let check = |rules: ClaimRules| rules.check(&claims, 1_764_000_100);
    let upper = vec![AUDIENCE.to_uppercase()];
    assert_eq!(
        check(ClaimRules {
            audiences: upper.clone(),
            ..callback_rules()
        }),
        Ok(())
    );
    assert!(is_mismatch(
        check(ClaimRules {
            audiences: upper,
            audience_ignores_case: false,
            ..callback_rules()
        }),
        "aud"
    ));
    assert!(is_mismatch(
        check(ClaimRules {
            issuers: vec![format!("{ISSUER}/")],
            ..callback_rules()
        }),
        "iss"
    ));
    assert_eq!(
        check(ClaimRules {
            max_lifetime: Some(299),
            ..callback_rules()
        }),
        Err(ClaimError::LifetimeTooLong)
    );
}

// Pitfall JWT-1.
#[test]
fn the_forgeries_are_rejected_before_a_key_is_touched() {
    for token in [NONE, CONFUSED] {
        assert!(matches!(verify(token), Err(JwtError::Malformed(_))));
    }
    // Even a verifier that allows both kinds binds the algorithm to the key.
    let both = [JwtAlgorithm::RS256, JwtAlgorithm::HS256];
    let confused = verify_compact(CONFUSED.as_bytes(), &both, &keys(), KidRule::Required);
    assert_eq!(confused.unwrap_err(), JwtError::SignatureMismatch);
}

#[test]
fn the_entra_token_is_one_of_event_grid() {
    let claims = verify(ENTRA).unwrap().claims;
    let rule = |names: &[&str], allowed: &str, may_be_list| ClaimRule {
        names: names.iter().copied().map(str::to_owned).collect(),
        allowed: vec![ClaimValue::Text(allowed.to_owned())],
        may_be_list,
    };
    let tenant = "11111111-2222-3333-4444-555555555555";
    let event_grid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";
    let government = "54316b56-3481-47f9-8f30-0300f5542a7b";
    let rules = |caller: &str, role: &str| ClaimRules {
        issuers: vec![
            format!("https://sts.windows.net/{tenant}/"),
            format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        ],
        audiences: vec!["66666666-7777-8888-9999-aaaaaaaaaaaa".to_owned()],
        claims: vec![
            rule(&["tid"], tenant, false),
            rule(&["appid", "azp"], caller, false),
            rule(&["roles"], role, true),
        ],
        leeway: 60,
        ..ClaimRules::default()
    };
    let role = "AzureEventGridSecureWebhookSubscriber";
    let check = |rules: ClaimRules| rules.check(&claims, 1_764_003_000);
    assert_eq!(check(rules(event_grid, role)), Ok(()));
    assert!(is_mismatch(check(rules(government, role)), "azp"));
    assert!(is_mismatch(
        check(rules(event_grid, "AzureEventGridSecureWebhook")),
        "roles"
    ));
}
