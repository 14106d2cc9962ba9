//! `decrypt(ciphertext, iv, cipher, room)`, for what was kept of a delivery.

use hookseal_bridge::{Error, Handle, Scratch};

use crate::answer::Answer;
use crate::arguments::{Arguments, unexpected};

const CIPHERTEXT: usize = 0;
const IV: usize = 1;
const CIPHER: usize = 2;
const ROOM: usize = 3;

/// Decrypts to `room`, and gives the length. `iv` and `cipher` may be absent.
pub(crate) fn decrypt(handle: &Handle, arguments: &Arguments<'_>) -> Result<Answer, Error> {
    let mut name = Vec::new();
    let cipher = arguments.is_given(CIPHER).then(|| {
        arguments
            .text(arguments.at(CIPHER), &mut name)
            .and_then(|_| str::from_utf8(&name).ok())
            .ok_or_else(|| unexpected("the name of a cipher"))
    });
    let iv = arguments.is_given(IV).then(|| arguments.bytes(IV));
    let mut text = Scratch::from_slice(arguments.bytes(CIPHERTEXT)?);
    let payload = handle.decrypt(&mut text, iv.transpose()?, cipher.transpose()?)?;
    // SAFETY: the payload is decrypted, so that nothing reads the arguments.
    if unsafe { arguments.fill(ROOM, payload) }? {
        Ok(Answer::Length(payload.len()))
    } else {
        Err(unexpected("room for the payload"))
    }
}
