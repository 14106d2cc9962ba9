/**
 * A builder for each scheme, with a method for each of its options. {@link
 * io.hookseal.Verifier#builder(String)} takes any scheme, also a custom one, and options by name.
 */
package io.hookseal.providers;
