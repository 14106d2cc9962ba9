//! Amazon SNS: the certificate stands at the host of the topic's region.
//!
//! A pattern for the host would let others in: `sns.s3.amazonaws.com` is a bucket
//! of whoever took that name first.

use crate::certificates::Source;
use crate::error::Error;
use crate::options::wrong;

/// A host for each region of the topics.
pub(super) fn sources(topics: &[&str]) -> Result<Vec<Source>, Error> {
    let mut sources: Vec<Source> = Vec::new();
    for topic in topics {
        let source = source(topic).ok_or_else(|| {
            wrong(
                "topic_arns",
                "is no ARN of a topic, arn:aws:sns:region:account:name",
            )
        })?;
        if !sources.iter().any(|known| known.host == source.host) {
            sources.push(source);
        }
    }
    Ok(sources)
}

fn source(topic: &str) -> Option<Source> {
    let parts: Vec<&str> = topic.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts[..] else {
        return None;
    };
    let is_china = region.starts_with("cn-");
    let is_government = region.starts_with("us-gov-");
    let (is_of_partition, suffix) = match partition {
        "aws" => (!is_china && !is_government, "amazonaws.com"),
        "aws-us-gov" => (is_government, "amazonaws.com"),
        "aws-cn" => (is_china, "amazonaws.com.cn"),
        _ => return None,
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    if !is_of_partition || !is_region(region) || !is_account || !is_name(name) {
        return None;
    }
    let host = format!("sns.{region}.{suffix}");
    // As the vendor's Java library has them, and the regional name that newer
    // certificates hold beside it.
    let mut names = vec![host.clone(), format!("sns-signing.{region}.{suffix}")];
    names.push(match partition {
        "aws-cn" => format!("sns-{region}.{suffix}"),
        "aws-us-gov" => "sns-us-gov-west-1.amazonaws.com".to_owned(),
        _ => "sns.amazonaws.com".to_owned(),
    });
    Some(Source {
        host,
        is_path,
        names,
        // Partitions share nothing: who has a key of one may sign for no other.
        topics: Some(format!("arn:{partition}:sns:{region}:")),
    })
}

/// Letters, digits, `-` and `_`, and the dot of `.fifo`: there is no pattern that stands
/// for several topics.
fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name)
}

/// `[a-z]{2}(-[a-z]+)+-[0-9]`, which no name of a bucket's region or of another
/// service is.
fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let [first, middle @ .., last] = &parts[..] else {
        return false;
    };
    let is_letters =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    first.len() == 2
        && is_letters(first)
        && !middle.is_empty()
        && middle.iter().all(is_letters)
        && last.len() == 1
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

/// `/SimpleNotificationService-[0-9a-zA-Z]+.pem`
fn is_path(path: &str) -> bool {
    path.strip_prefix("/SimpleNotificationService-")
        .and_then(|rest| rest.strip_suffix(".pem"))
        .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_of_a_topic_is_that_of_the_host() {
        for (topic, host, name) in [
            (
                "arn:aws:sns:us-east-1:123456789012:Topic",
                "sns.us-east-1.amazonaws.com",
                "sns.amazonaws.com",
            ),
            (
                "arn:aws:sns:af-south-1:123456789012:Topic.fifo",
                "sns.af-south-1.amazonaws.com",
                "sns-signing.af-south-1.amazonaws.com",
            ),
            (
                "arn:aws-us-gov:sns:us-gov-east-1:123456789012:Topic",
                "sns.us-gov-east-1.amazonaws.com",
                "sns-us-gov-west-1.amazonaws.com",
            ),
            (
                "arn:aws-cn:sns:cn-north-1:123456789012:Topic",
                "sns.cn-north-1.amazonaws.com.cn",
                "sns-cn-north-1.amazonaws.com.cn",
            ),
        ] {
            let source = source(topic).unwrap();
            assert_eq!(source.host, host);
            assert!(source.is_for(Some(topic)));
            assert!(!source.is_for(None));
            assert!(!source.is_for(Some("arn:aws:sns:us-east-2:123456789012:Topic")));
            assert!(source.names.iter().any(|own| own == name), "{topic}");
        }
    }

    // Attack A19: a bucket that is named sns.
    #[test]
    fn what_is_no_topic_of_a_region_is_rejected() {
        for topic in [
            "",
            "Topic",
            "arn:aws:sqs:us-east-1:123456789012:Topic",
            "arn:aws:sns:us-east-1:123456789012:",
            "arn:aws:sns:us-east-1:12345678901:Topic",
            "arn:aws:sns:us-east-1:123456789012:*",
            "arn:aws:sns:us-east-1:123456789012:Topic?",
            "arn:aws:sns:us-east-1:123456789012:Topic:subscription",
            "arn:aws:sns:s3:123456789012:Topic",
            "arn:aws:sns:s3-us-west-2:123456789012:Topic",
            "arn:aws:sns:us-east-1.evil:123456789012:Topic",
            "arn:aws:sns:us-east-10:123456789012:Topic",
            "arn:aws:sns:us--1:123456789012:Topic",
            "arn:aws:sns:us-1:123456789012:Topic",
            "arn:aws:sns:US-EAST-1:123456789012:Topic",
            "arn:aws:sns:cn-north-1:123456789012:Topic",
            "arn:aws-cn:sns:us-east-1:123456789012:Topic",
            "arn:aws:sns:us-gov-west-1:123456789012:Topic",
            "arn:aws-iso:sns:us-iso-east-1:123456789012:Topic",
        ] {
            assert!(source(topic).is_none(), "{topic}");
        }
    }

    #[test]
    fn a_path_is_that_of_a_certificate() {
        assert!(is_path(
            "/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"
        ));
        for path in [
            "/SimpleNotificationService-.pem",
            "/SimpleNotificationService.pem",
            "/x/SimpleNotificationService-a.pem",
            "/SimpleNotificationService-a/b.pem",
            "/SimpleNotificationService-a.b.pem",
            "/SimpleNotificationService-a.crt",
            "/other.pem",
        ] {
            assert!(!is_path(path), "{path}");
        }
    }
}
