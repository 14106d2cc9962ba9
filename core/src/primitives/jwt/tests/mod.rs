mod azure;
mod claims;
mod keys;
mod properties;
mod tokens;
mod wycheproof;
mod wycheproof_jws;
