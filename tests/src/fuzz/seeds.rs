//! What the fuzz targets start from, made of the vectors and the scheme files.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::message::Message;
use super::signed::samples;
use crate::format::{Case, Expect, FormatError, VectorFolder, committed_folder};

/// Longer ones make a fuzzer slow, and reach nothing new.
const MAX_SEED_BYTES: usize = 4096;

/// Writes a folder of seeds for each target, and gives how many there are.
///
/// # Errors
/// Where the vectors cannot be read, or a folder cannot be written.
pub fn write_seeds(folder: &Path) -> Result<usize, FormatError> {
    let inaccessible =
        |error: io::Error| FormatError::new(format!("{}: {error}", folder.display()));
    let vectors = VectorFolder::read(&committed_folder())?;
    let mut seeds = Seeds::default();
    for case in vectors.cases() {
        seeds.add_case(case);
    }
    seeds.add_samples()?;
    seeds.add_schemes(&vectors).map_err(inaccessible)?;
    seeds.add_ciphertexts().map_err(inaccessible)?;
    seeds.add_token_requests();
    seeds.add_public_keys();
    seeds.write(folder).map_err(inaccessible)
}

/// Target, name and content of each.
#[derive(Default)]
struct Seeds(Vec<(&'static str, String, Vec<u8>)>);

impl Seeds {
    fn add(&mut self, target: &'static str, name: &str, seed: Vec<u8>) {
        if seed.len() <= MAX_SEED_BYTES {
            self.0.push((target, name.to_owned(), seed));
        }
    }

    fn add_case(&mut self, case: &Case) {
        let data = &case.request;
        let Ok(body) = data.body() else { return };
        let message = Message {
            method: data.method.as_bytes(),
            target: data.url.as_bytes(),
            authority: data.authority.as_deref().map(str::as_bytes),
            scheme: data.scheme.as_deref().map(str::as_bytes),
            headers: data
                .headers
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect(),
            body: &body,
            peer: data.peer_ip,
        };
        let setup = json!({ "scheme": case.scheme, "options": case.options, "now": case.now });
        let seed = [setup.to_string().as_bytes(), b"\n", &message.write()].concat();
        self.add("verify", &case.id, seed.clone());
        self.add("round_trip", &case.id, seed);
        self.add_keys(case);
        if case.scheme.starts_with('{') {
            self.add_scheme(&case.id, &case.options, &case.scheme);
        }
    }

    /// A key set, behind a token that one of its keys signed.
    fn add_keys(&mut self, case: &Case) {
        let token = case.request.header("authorization").unwrap_or_default();
        if let Some(keys @ Value::Object(_)) = case.options.get("jwks") {
            self.add("key_set", &case.id, format!("{token}\n{keys}").into_bytes());
        }
    }

    fn add_samples(&mut self) -> Result<(), FormatError> {
        for (number, sample) in samples()?.iter().enumerate() {
            let seed = [format!("{number}\n").as_bytes(), &sample.text].concat();
            self.add("served", &number.to_string(), seed);
        }
        Ok(())
    }

    /// The embedded schemes as schemes of one's own, with options that they take.
    fn add_schemes(&mut self, vectors: &VectorFolder) -> io::Result<()> {
        for entry in fs::read_dir(committed_folder().join("../../core/schemes"))? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let file = toml::from_str::<Value>(&fs::read_to_string(&path)?);
            let scheme = file.map_err(io::Error::other)?;
            let mut cases = vectors.cases();
            let case = cases.find(|case| case.expect == Expect::Verified && case.scheme == name);
            let case = case.ok_or_else(|| io::Error::other(format!("no vector of {name}")))?;
            self.add_scheme(&name, &case.options, &scheme.to_string());
        }
        Ok(())
    }

    fn add_scheme(&mut self, name: &str, options: &Map<String, Value>, scheme: &str) {
        let options = Value::Object(options.clone());
        self.add("scheme", name, format!("{options}\n{scheme}").into_bytes());
    }

    fn add_ciphertexts(&mut self) -> io::Result<()> {
        let text = fs::read_to_string(committed_folder().join("../ciphertexts.json"))?;
        let file: Value = serde_json::from_str(&text)?;
        for case in file["cases"].as_array().into_iter().flatten() {
            let text = |name: &str| case[name].as_str().unwrap_or_default();
            let setup = json!({ "scheme": case["scheme"], "options": case["options"] });
            let lines = format!("{setup}\n{}\n{}\n", text("cipher"), text("iv"));
            let ciphertext = const_hex::decode(text("ciphertext"))
                .map_err(|error| io::Error::other(error.to_string()))?;
            let seed = [lines.as_bytes(), &ciphertext].concat();
            self.add("decrypt", text("name"), seed);
        }
        Ok(())
    }

    fn add_token_requests(&mut self) {
        const FORM: &str = "content-type: application/x-www-form-urlencoded";
        const BASIC: &str = "authorization: Basic Y2xpZW50OkpxN2ZYMnZOOXNMdzRUekI4bVJj";
        for (name, request) in [
            ("basic", format!("POST /token\n{FORM}\n{BASIC}\n\ngrant_type=client_credentials&scope=a")),
            ("body", format!("POST /token\n{FORM}\n\ngrant_type=client_credentials&client_id=client&client_secret=Jq7fX2vN9sLw4TzB8mRc")),
            ("json", "POST /token\ncontent-type: application/json\n\n{\"grant_type\":\"client_credentials\",\"client_id\":\"client\",\"client_secret\":\"Jq7fX2vN9sLw4TzB8mRc\",\"scope\":\"a\"}".to_owned()),
            ("both", format!("POST /token\n{FORM}\n{BASIC}\n\ngrant_type=client_credentials&client_id=client")),
            ("get", "GET /token\n\n".to_owned()),
        ] {
            self.add("token_issuer", name, request.into_bytes());
        }
    }

    /// A signature of no message, and keys of each kind as users paste them.
    fn add_public_keys(&mut self) {
        const P256: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
        const DER: &str = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
        let lines = format!("-----BEGIN PUBLIC KEY-----\n{P256}\n-----END PUBLIC KEY-----\n");
        for (name, signature, key) in [
            ("base64", DER, P256),
            ("pem", DER, &lines),
            (
                "v1a",
                "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
                "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
            ),
            (
                "hex",
                "00",
                "26b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb",
            ),
        ] {
            self.add(
                "public_key",
                name,
                format!("{signature}\n{key}").into_bytes(),
            );
        }
    }

    /// Replaces the seeds of an earlier run.
    fn write(self, folder: &Path) -> io::Result<usize> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        for (target, name, seed) in &self.0 {
            let folder = folder.join(target);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(name), seed)?;
        }
        Ok(self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_target_has_seeds() {
        let folder = std::env::temp_dir().join(format!("hookseal-seeds-{}", std::process::id()));
        assert!(write_seeds(&folder).unwrap() > 1000);
        let targets = committed_folder().join("../../fuzz/fuzz_targets");
        let names = |folder: &Path| -> BTreeSet<String> {
            let entries = fs::read_dir(folder).unwrap();
            let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            entries.map(|entry| name(&entry.unwrap().path())).collect()
        };
        assert_eq!(names(&folder), names(&targets));
        fs::remove_dir_all(&folder).unwrap();
    }
}
