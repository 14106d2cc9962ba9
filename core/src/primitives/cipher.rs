use zeroize::Zeroizing;
#[derive(Debug, PartialEq)]
pub(crate) struct Cipher;
#[derive(PartialEq)]
pub(crate) enum CipherClass {
    Legacy,
}
pub(crate) struct CipherKey;
impl Cipher {
    pub(crate) fn find(_: &str) -> Result<&'static Self, String> {
        Err("no".to_owned())
    }
    pub(crate) fn name(&self) -> &'static str {
        ""
    }
    pub(crate) fn class(&self) -> CipherClass {
        CipherClass::Legacy
    }
    pub(crate) fn key_bytes(&self) -> usize {
        0
    }
    pub(crate) fn iv_bytes(&self) -> usize {
        0
    }
    pub(crate) fn prepare(&'static self, _: &[u8]) -> Option<CipherKey> {
        None
    }
}
impl CipherKey {
    pub(crate) fn decrypt(&self, _: &[u8], _: &mut Vec<u8>) -> bool {
        false
    }
}
pub(crate) fn evp_bytes_to_key(
    _: &[u8],
    _: usize,
    _: usize,
) -> (Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>) {
    Default::default()
}
pub(crate) fn php_key(_: &Cipher, _: &[u8]) -> Zeroizing<Vec<u8>> {
    Default::default()
}
pub(crate) fn php_iv(_: &Cipher, _: &[u8]) -> Vec<u8> {
    Default::default()
}
