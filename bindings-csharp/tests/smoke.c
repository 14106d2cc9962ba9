/*
 * The C ABI as a C program uses it. Returns 0 when every check holds; all that it
 * prints then is the message of one deliberate panic. It frees all that it owns, so
 * it also runs with AddressSanitizer and under valgrind.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hookseal.h"

/* Not in the header: it is there for the tests alone. */
extern int32_t hookseal_panic_self_test(char *detail, size_t detail_size);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "smoke.c:%d: %s\n", __LINE__, #condition);         \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

static const char URL[] = "https://example.com/answer";
static const char BODY[] = "From=%2B14156667777&To=%2B14158889999&CallUUID=abcd-1234";
static const char NONCE[] = "12345";
static const char SIGNATURE[] = "QUFNUHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=";

struct buffer {
    uint8_t data[512];
    size_t length;
};

/* Packs one header, if the verifier needs it. */
static void pack(struct buffer *headers, const hookseal_verifier *verifier,
                 const char *name, const char *value)
{
    int32_t slot = hookseal_header_slot(verifier, name, strlen(name));
    size_t length = strlen(value);
    uint8_t *next = headers->data + headers->length;
    if (slot < 0) {
        return;
    }
    CHECK(headers->length + 5 + length <= sizeof headers->data);
    next[0] = (uint8_t)slot;
    for (int i = 0; i < 4; i++) {
        next[1 + i] = (uint8_t)(length >> (8 * i));
    }
    memcpy(next + 5, value, length);
    headers->length += 5 + length;
}

/* A request whose URL is known as a whole. */
static hookseal_request request_of(const char *method, const char *url,
                                   const struct buffer *headers, const char *body)
{
    hookseal_request request = {0};
    request.method = method;
    request.method_len = strlen(method);
    request.target = url;
    request.target_len = strlen(url);
    if (headers != NULL) {
        request.headers = headers->data;
        request.headers_len = headers->length;
    }
    request.body = (const uint8_t *)body;
    request.body_len = body == NULL ? 0 : strlen(body);
    return request;
}

static hookseal_verifier *make(const char *scheme, const char *options)
{
    hookseal_verifier *verifier = NULL;
    char detail[HOOKSEAL_DETAIL_SIZE] = "";
    int32_t code = hookseal_verifier_new(scheme, strlen(scheme), options, strlen(options),
                                         &verifier, detail, sizeof detail);
    if (code != HOOKSEAL_OK) {
        fprintf(stderr, "%s: %s\n", scheme, detail);
        exit(1);
    }
    return verifier;
}

static int32_t verify(const hookseal_verifier *verifier, const char *signature,
                      const char *body, hookseal_facts *facts, char *detail)
{
    /* Static, since delivery_id points into it. */
    static struct buffer headers;
    const uint8_t peer[4] = {192, 0, 2, 1};
    const int64_t now = 1700000000;
    hookseal_request request;
    headers.length = 0;
    pack(&headers, verifier, "User-Agent", "smoke");
    pack(&headers, verifier, "X-Plivo-Signature-V3", signature);
    pack(&headers, verifier, "X-Plivo-Signature-V3-Nonce", NONCE);
    request = request_of("POST", URL, &headers, body);
    request.peer = peer;
    request.peer_len = sizeof peer;
    return hookseal_verify(verifier, &request, NULL, 0, &now, facts, NULL, detail,
                           HOOKSEAL_DETAIL_SIZE);
}

static void versions(void)
{
    CHECK(hookseal_abi_version() == HOOKSEAL_ABI_VERSION);
    CHECK(strchr(hookseal_version(), '.') != NULL);
    CHECK(strstr(hookseal_error_codes(), "\"signature_mismatch\"") != NULL);
    CHECK(strstr(hookseal_schemes(), "\"plivo\"") != NULL);
}

static void verdicts(void)
{
    hookseal_verifier *verifier = make("plivo", "{\"auth_token\":[\"another_token\",\"my_auth_token\"]}");
    char detail[HOOKSEAL_DETAIL_SIZE] = "untouched";
    char replay_key[sizeof ((hookseal_facts *)0)->replay_key + 1] = "";
    hookseal_facts facts;
    memset(&facts, 0x5a, sizeof facts);

    CHECK(strstr(hookseal_describe(verifier), "\"header_names\"") != NULL);
    CHECK(hookseal_header_slot(verifier, "x-PLIVO-signature-v3", 20) >= 0);
    CHECK(hookseal_header_slot(verifier, NULL, 0) == -1);

    CHECK(verify(verifier, "AAAA" "UHBhaE5m20p3UFtVHCb66PSliiukfx8M6MyiJwk=", BODY, &facts, detail)
          == HOOKSEAL_E_SIGNATURE_MISMATCH);
    CHECK(strcmp(detail, "untouched") != 0);
    CHECK(strstr(detail, "my_auth_token") == NULL);
    CHECK(strstr(detail, SIGNATURE) == NULL);
    /* An error leaves the facts alone. */
    CHECK(facts.key == 0x5a5a && facts.replay_key[0] == 0x5a);

    strcpy(detail, "untouched");
    CHECK(verify(verifier, SIGNATURE, BODY, &facts, detail) == HOOKSEAL_OK);
    CHECK(strcmp(detail, "untouched") == 0);
    CHECK(facts.key == 1);
    CHECK(facts.has_timestamp == 0 && facts.has_replay_key == 1);
    CHECK(facts.payload == NULL && facts.token == NULL && facts.owns_delivery_id == 0);
    CHECK(facts.delivery_id_len == strlen(NONCE));
    CHECK(memcmp(facts.delivery_id, NONCE, facts.delivery_id_len) == 0);
    /* Not NUL-terminated, so it is copied first. */
    memcpy(replay_key, facts.replay_key, sizeof facts.replay_key);
    CHECK(strspn(replay_key, "0123456789abcdef") == sizeof facts.replay_key);

    hookseal_verifier_free(verifier);
    hookseal_verifier_free(NULL);
}

/* A call of this verifier without headers, or with the one that it is given. */
static int32_t deliver(const hookseal_verifier *verifier, const char *method, const char *url,
                       const char *name, const char *value, const char *body,
                       hookseal_facts *facts, char **answer_json)
{
    struct buffer headers = {.length = 0};
    const int64_t now = 1700000000;
    hookseal_request request;
    pack(&headers, verifier, name, value);
    request = request_of(method, url, &headers, body);
    return hookseal_verify(verifier, &request, NULL, 0, &now, facts, answer_json, NULL, 0);
}

/* What a server received: no byte of the host passes for one of the target. */
static int32_t receive(const hookseal_verifier *verifier, const char *authority, const char *target,
                       const char *scheme)
{
    static struct buffer headers;
    hookseal_request request;
    hookseal_facts facts;
    headers.length = 0;
    pack(&headers, verifier, "X-Plivo-Signature-V3", SIGNATURE);
    pack(&headers, verifier, "X-Plivo-Signature-V3-Nonce", NONCE);
    request = request_of("POST", target, &headers, BODY);
    request.authority = authority;
    request.authority_len = strlen(authority);
    request.scheme = scheme;
    request.scheme_len = strlen(scheme);
    return hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, NULL, 0);
}

static void parts_stay_apart(void)
{
    hookseal_verifier *verifier = make("plivo", "{\"auth_token\":\"my_auth_token\"}");
    CHECK(receive(verifier, "example.com", "/answer", "https") == HOOKSEAL_OK);
    CHECK(receive(verifier, "example.com", "/answer", "http") == HOOKSEAL_E_SIGNATURE_MISMATCH);
    CHECK(receive(verifier, "example.com/answer#", "/other", "https") == HOOKSEAL_E_MALFORMED_URL);
    CHECK(receive(verifier, "example.com", "/answer#/../other", "https") == HOOKSEAL_E_MALFORMED_URL);
    CHECK(receive(verifier, "example.com, other.example", "/answer", "https")
          == HOOKSEAL_E_MALFORMED_URL);
    CHECK(receive(verifier, "", "/answer", "https") == HOOKSEAL_E_MALFORMED_URL);
    hookseal_verifier_free(verifier);
}

static void heads(void)
{
    hookseal_verifier *verifier = make("kaisa-basic", "{\"username\":\"smoke\",\"password\":\"a password of the smoke test\"}");
    struct buffer headers = {.length = 0};
    char *answer_json = NULL;
    char detail[HOOKSEAL_DETAIL_SIZE] = "";
    hookseal_request request = request_of("POST", URL, NULL, NULL);

    CHECK(hookseal_check_head(verifier, &request, NULL, &answer_json, detail, sizeof detail)
          == HOOKSEAL_E_MISSING_HEADER);
    CHECK(strlen(detail) > 0 && strstr(answer_json, "\"authenticate\":\"Basic") != NULL);
    hookseal_string_free(answer_json);

    pack(&headers, verifier, "Authorization",
         "Basic c21va2U6YSBwYXNzd29yZCBvZiB0aGUgc21va2UgdGVzdA==");
    request = request_of("POST", URL, &headers, NULL);
    CHECK(hookseal_check_head(verifier, &request, NULL, NULL, NULL, 0) == HOOKSEAL_OK);
    CHECK(hookseal_check_head(verifier, NULL, NULL, NULL, NULL, 0) == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_check_head(NULL, &request, NULL, NULL, NULL, 0) == HOOKSEAL_E_INTERNAL);
    hookseal_verifier_free(verifier);
}

static void decryption(void)
{
    hookseal_verifier *verifier = make("vcc-live",
        "{\"cipher\":\"aes-256-ctr\",\"secret\":\"very secret key\",\"url_token\":\"smoke-url-token\"}");
    const char *url = "https://example.com/?secret-key=smoke-url-token&iv=9f3c00ff10a7e2d45b8871c60d4e93fa";
    const char *plaintext = "{\"projectId\":1,\"userId\":2,\"username\":\"x\"}";
    hookseal_facts facts;

    CHECK(deliver(verifier, "POST", url, "", "",
                  "uLwQATfpbXNVzzIRk0C9MOd97sMpZ1F+sQap8UkfZFlSrtb7Dszh4O4=", &facts, NULL)
          == HOOKSEAL_OK);
    CHECK(facts.payload_len == strlen(plaintext));
    CHECK(memcmp(facts.payload, plaintext, facts.payload_len) == 0);
    CHECK(facts.has_replay_key == 0);
    hookseal_facts_free(&facts);
    CHECK(facts.payload == NULL && facts.payload_len == 0);
    hookseal_facts_free(&facts);
    hookseal_facts_free(NULL);

    CHECK(deliver(verifier, "POST", url, "", "", "AAAA", &facts, NULL)
          == HOOKSEAL_E_DECRYPTION_FAILED);
    hookseal_verifier_free(verifier);
}

/* The ciphertext of that delivery, kept by itself. */
static void decryption_alone(void)
{
    hookseal_verifier *verifier = make("vcc-live",
        "{\"cipher\":\"aes-256-ctr\",\"secret\":\"very secret key\"}");
    const uint8_t ciphertext[41] = {
        0xb8, 0xbc, 0x10, 0x01, 0x37, 0xe9, 0x6d, 0x73, 0x55, 0xcf, 0x32, 0x11, 0x93, 0x40,
        0xbd, 0x30, 0xe7, 0x7d, 0xee, 0xc3, 0x29, 0x67, 0x51, 0x7e, 0xb1, 0x06, 0xa9, 0xf1,
        0x49, 0x1f, 0x64, 0x59, 0x52, 0xae, 0xd6, 0xfb, 0x0e, 0xcc, 0xe1, 0xe0, 0xee};
    const uint8_t iv[16] = {0x9f, 0x3c, 0x00, 0xff, 0x10, 0xa7, 0xe2, 0xd4,
                            0x5b, 0x88, 0x71, 0xc6, 0x0d, 0x4e, 0x93, 0xfa};
    const char *plaintext = "{\"projectId\":1,\"userId\":2,\"username\":\"x\"}";
    char detail[HOOKSEAL_DETAIL_SIZE] = "";
    uint8_t text[sizeof ciphertext];
    size_t length = 0x5a;

    memcpy(text, ciphertext, sizeof text);
    CHECK(hookseal_decrypt(verifier, text, sizeof text, iv, sizeof iv, "", 0, &length, NULL, 0)
          == HOOKSEAL_E_CIPHER_NOT_ALLOWED);
    CHECK(hookseal_decrypt(verifier, text, sizeof text, iv, sizeof iv, "\xff", 1, &length, NULL, 0)
          == HOOKSEAL_E_CONFIGURATION);
    CHECK(hookseal_decrypt(verifier, NULL, 9, iv, sizeof iv, NULL, 0, &length, NULL, 0)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_decrypt(verifier, text, sizeof text, iv, sizeof iv, NULL, 0, NULL, NULL, 0)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_decrypt(NULL, text, sizeof text, iv, sizeof iv, NULL, 0, &length, NULL, 0)
          == HOOKSEAL_E_INTERNAL);
    CHECK(memcmp(text, ciphertext, sizeof text) == 0);

    CHECK(hookseal_decrypt(verifier, text, sizeof text, iv, sizeof iv, "aes-256-ctr", 11, &length,
                           NULL, 0) == HOOKSEAL_OK);
    CHECK(length == strlen(plaintext) && memcmp(text, plaintext, length) == 0);

    length = 0x5a;
    memcpy(text, ciphertext, sizeof text);
    CHECK(hookseal_decrypt(verifier, text, sizeof text, NULL, 0, NULL, 0, &length, detail,
                           sizeof detail) == HOOKSEAL_E_DECRYPTION_FAILED);
    CHECK(strlen(detail) > 0 && length == 0x5a && text[0] == 0);
    hookseal_verifier_free(verifier);

    /* No bytes are a plaintext too. */
    verifier = make("vcc-live",
        "{\"cipher\":\"aes-256-ctr\",\"secret\":\"very secret key\",\"plaintext\":\"bytes\"}");
    CHECK(hookseal_decrypt(verifier, NULL, 0, iv, sizeof iv, NULL, 0, &length, NULL, 0)
          == HOOKSEAL_OK);
    CHECK(length == 0);
    hookseal_verifier_free(verifier);
}

static void tokens(void)
{
    hookseal_verifier *verifier = make("bearer-jwt",
        "{\"issuer\":\"https://auth.example.com\",\"audience\":\"https://example.com/hooks\","
        "\"hmac_secret\":\"a secret of 32 bytes for HS256 !\"}");
    const char *token = "Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
        ".eyJpc3MiOiJodHRwczovL2F1dGguZXhhbXBsZS5jb20iLCJhdWQiOiJodHRwczovL2V4YW1wbGUuY29tL2hv"
        "b2tzIiwic3ViIjoic2VuZGVyIiwiZXhwIjoxNzAwMDAwMzAwfQ"
        ".QiV_q06LATGJZDC61FOuI8K0QSxAAXyTm9GPAvFAJz0";
    char text[512] = "";
    char *answer_json = NULL;
    hookseal_facts facts;

    CHECK(deliver(verifier, "POST", URL, "Authorization", token, BODY, &facts, &answer_json)
          == HOOKSEAL_OK);
    CHECK(answer_json == NULL);
    CHECK(facts.token_len < sizeof text);
    memcpy(text, facts.token, facts.token_len);
    CHECK(strstr(text, "\"key_id\":\"0\"") != NULL && strstr(text, "\"sub\":\"sender\"") != NULL);
    hookseal_facts_free(&facts);

    CHECK(deliver(verifier, "POST", URL, "Authorization", "Basic eDp5", BODY, &facts, &answer_json)
          != HOOKSEAL_OK);
    CHECK(strstr(answer_json, "\"authenticate\":\"Bearer") != NULL);
    hookseal_string_free(answer_json);
    hookseal_verifier_free(verifier);
}

static void handshake(void)
{
    hookseal_verifier *verifier = make("azure-event-grid", "{\"url_token\":\"smoke-url-token\"}");
    char *answer_json = NULL;
    hookseal_facts facts;

    CHECK(deliver(verifier, "OPTIONS", "https://example.com/?token=smoke-url-token",
                  "WebHook-Request-Origin", "eventgrid.azure.net", "", &facts, &answer_json)
          == HOOKSEAL_E_CHALLENGE);
    CHECK(strstr(answer_json, "\"reply\":{") != NULL);
    CHECK(strstr(answer_json, "WebHook-Allowed-Origin") != NULL);
    hookseal_string_free(answer_json);
    hookseal_verifier_free(verifier);
}

static void keys_elsewhere(void)
{
    hookseal_verifier *verifier = make("bearer-jwt",
        "{\"issuer\":\"https://auth.example.com\",\"audience\":\"https://example.com/hooks\","
        "\"metadata_uri\":\"https://auth.example.com/metadata\"}");
    const char *metadata = "{\"jwks_uri\":\"https://auth.example.com/keys\"}";
    const char *keys = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\","
        "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";
    char detail[HOOKSEAL_DETAIL_SIZE] = "";
    char *url = hookseal_key_request(verifier);
    char *next = NULL;

    CHECK(strstr(hookseal_describe(verifier), "\"remote_keys\":{") != NULL);
    CHECK(strcmp(url, "https://auth.example.com/metadata") == 0);
    hookseal_string_free(url);
    CHECK(hookseal_supply_keys(verifier, (const uint8_t *)"{", 1, &next, detail, sizeof detail)
          == HOOKSEAL_E_KEY_UNAVAILABLE);
    CHECK(strlen(detail) > 0 && next == NULL);
    CHECK(hookseal_supply_keys(verifier, (const uint8_t *)metadata, strlen(metadata), &next, NULL, 0)
          == HOOKSEAL_OK);
    CHECK(strcmp(next, "https://auth.example.com/keys") == 0);
    hookseal_string_free(next);
    CHECK(hookseal_supply_keys(verifier, (const uint8_t *)keys, strlen(keys), &next, NULL, 0)
          == HOOKSEAL_OK);
    CHECK(next == NULL);
    CHECK(hookseal_supply_keys(verifier, NULL, 0, NULL, NULL, 0) == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_supply_keys(NULL, NULL, 0, &next, NULL, 0) == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_key_request(NULL) == NULL);
    hookseal_verifier_free(verifier);
}

static void introspection(void)
{
    hookseal_verifier *verifier = make("bearer-jwt", "{\"introspection\":true}");
    const char *answer = "{\"active\":true,\"sub\":\"sender\"}";
    struct buffer headers = {.length = 0};
    const char *token = NULL;
    size_t token_len = 0;
    hookseal_request request = request_of("POST", URL, NULL, NULL);
    hookseal_facts facts;

    CHECK(strstr(hookseal_describe(verifier), "\"introspects\":true") != NULL);
    CHECK(hookseal_bearer_token(verifier, &request, &token, &token_len, NULL, 0)
          == HOOKSEAL_E_MISSING_HEADER);
    pack(&headers, verifier, "Authorization", "Bearer an-opaque-token");
    request = request_of("POST", URL, &headers, NULL);
    CHECK(hookseal_bearer_token(verifier, &request, &token, &token_len, NULL, 0)
          == HOOKSEAL_OK);
    CHECK(token_len == strlen("an-opaque-token") && memcmp(token, "an-opaque-token", token_len) == 0);

    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, NULL, 0)
          == HOOKSEAL_E_KEY_UNAVAILABLE);
    CHECK(hookseal_verify(verifier, &request, (const uint8_t *)answer, strlen(answer), NULL, &facts,
                          NULL, NULL, 0) == HOOKSEAL_OK);
    CHECK(facts.key == UINT16_MAX && facts.token != NULL);
    hookseal_facts_free(&facts);
    CHECK(hookseal_bearer_token(verifier, &request, NULL, NULL, NULL, 0) == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_bearer_token(verifier, NULL, &token, &token_len, NULL, 0) == HOOKSEAL_E_INTERNAL);
    hookseal_verifier_free(verifier);
}

static void token_endpoint(void)
{
    const char *options = "{\"client_id\":\"smoke\",\"client_secret\":\"a secret of the client\","
        "\"issuer\":\"https://auth.example.com\",\"audience\":\"https://example.com/hooks\","
        "\"hmac_secret\":\"a secret of 32 bytes for HS256 !\"}";
    const char *type = "application/x-www-form-urlencoded";
    const char *body = "grant_type=client_credentials&client_id=smoke&client_secret=a+secret+of+the+client";
    const int64_t now = 1700000000;
    char detail[HOOKSEAL_DETAIL_SIZE] = "";
    char *reply = NULL;
    hookseal_issuer *issuer = NULL;

    CHECK(hookseal_issuer_new("{}", 2, &issuer, detail, sizeof detail) == HOOKSEAL_E_CONFIGURATION);
    CHECK(issuer == NULL && strstr(detail, "client_id") != NULL);
    CHECK(hookseal_issuer_new(options, strlen(options), &issuer, detail, sizeof detail)
          == HOOKSEAL_OK);
    CHECK(strcmp(hookseal_issuer_jwks(issuer), "{\"keys\":[]}") == 0);
    CHECK(hookseal_issuer_max_body_bytes(issuer) > strlen(body));

    CHECK(hookseal_issuer_respond(issuer, "POST", 4, type, strlen(type), NULL, 0,
                                  (const uint8_t *)body, strlen(body), &now, &reply, NULL, 0)
          == HOOKSEAL_OK);
    CHECK(strstr(reply, "\"status\":200") != NULL && strstr(reply, "access_token") != NULL);
    hookseal_string_free(reply);
    CHECK(hookseal_issuer_respond(issuer, "POST", 4, type, strlen(type), "Basic eDp5", 10, NULL, 0,
                                  NULL, &reply, NULL, 0) == HOOKSEAL_OK);
    CHECK(strstr(reply, "\"status\":4") != NULL && strstr(reply, "access_token") == NULL);
    hookseal_string_free(reply);

    CHECK(hookseal_issuer_respond(NULL, "POST", 4, NULL, 0, NULL, 0, NULL, 0, NULL, &reply, NULL, 0)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_issuer_jwks(NULL) == NULL && hookseal_issuer_max_body_bytes(NULL) == 0);
    hookseal_issuer_free(issuer);
    hookseal_issuer_free(NULL);
}

static void signing(void)
{
    hookseal_verifier *verifier = make("plivo", "{\"auth_token\":\"my_auth_token\"}");
    const char *others = "[[\"Content-Type\",\"application/x-www-form-urlencoded\"]]";
    char detail[HOOKSEAL_DETAIL_SIZE];
    char *signed_json = NULL;
    CHECK(hookseal_sign(verifier, "POST", 4, URL, strlen(URL), others, strlen(others),
                        (const uint8_t *)BODY, strlen(BODY), NONCE, strlen(NONCE), NULL, NULL, 0,
                        &signed_json, detail, sizeof detail) == HOOKSEAL_OK);
    CHECK(strstr(signed_json, SIGNATURE) != NULL);
    hookseal_string_free(signed_json);
    hookseal_string_free(NULL);

    signed_json = NULL;
    CHECK(hookseal_sign(verifier, "POST", 4, URL, strlen(URL), "{", 1, NULL, 0, NULL, 0, NULL, NULL,
                        0, &signed_json, detail, sizeof detail) == HOOKSEAL_E_CONFIGURATION);
    CHECK(signed_json == NULL);
    hookseal_verifier_free(verifier);
}

static void refusals(void)
{
    hookseal_verifier *verifier = NULL;
    char detail[HOOKSEAL_DETAIL_SIZE];
    char small[8];
    const char *options = "{\"auth_token\":\"my_auth_token\",\"toleranze\":1}";

    CHECK(hookseal_verifier_new("plivo", 5, options, strlen(options), &verifier, detail,
                                sizeof detail) == HOOKSEAL_E_CONFIGURATION);
    CHECK(verifier == NULL);
    CHECK(strstr(detail, "toleranze") != NULL);

    /* A small buffer is filled and ended; none is fine. */
    memset(small, 'x', sizeof small);
    CHECK(hookseal_verifier_new("plivo", 5, options, strlen(options), &verifier, small,
                                sizeof small) == HOOKSEAL_E_CONFIGURATION);
    CHECK(strlen(small) == sizeof small - 1);
    CHECK(hookseal_verifier_new("plivo", 5, NULL, 0, &verifier, NULL, 0)
          == HOOKSEAL_E_CONFIGURATION);
    CHECK(hookseal_verifier_new("pl\xff", 3, "{}", 2, &verifier, NULL, 0)
          == HOOKSEAL_E_CONFIGURATION);
}

/* Texts that no input holds are the caller's to free. */
static void texts(void)
{
    hookseal_verifier *verifier = make(
        "{\"id\":\"smoke\",\"key\":{\"option\":\"secret\",\"hint\":\"it\"},\"signature\":{\"algorithm\":\"hmac-sha256\","
        "\"from\":\"header:x-smoke\",\"encoding\":\"hex\",\"signed\":\"{body}\"},"
        "\"delivery_id\":{\"from\":\"json:/id\"},\"event_type\":{\"from\":\"json:/type\"}}",
        "{\"secret\":\"a smoke test of texts\"}");
    const char *escaped = "{\"id\":\"evt\\u005f1\",\"type\":\"c\\u0061ll\"}";
    hookseal_facts facts;

    CHECK(deliver(verifier, "POST", URL, "X-Smoke",
                  "91cafbc6a56ca34e661c54762135c8c484623d3f5e74cb62c9e88c97c611be98",
                  escaped, &facts, NULL) == HOOKSEAL_OK);
    CHECK(facts.owns_delivery_id == 1 && facts.owns_event_type == 1);
    CHECK(facts.delivery_id_len == 5 && memcmp(facts.delivery_id, "evt_1", 5) == 0);
    CHECK(facts.event_type_len == 4 && memcmp(facts.event_type, "call", 4) == 0);
    hookseal_facts_free(&facts);
    CHECK(facts.delivery_id == NULL && facts.event_type == NULL && facts.event_type_len == 0);
    hookseal_facts_free(&facts);
    hookseal_verifier_free(verifier);
}

/* Calls that break the rules are answered, not punished, as far as C allows. */
static void misuse(void)
{
    hookseal_verifier *verifier = make("plivo", "{\"auth_token\":\"my_auth_token\"}");
    hookseal_request request = request_of("GET", URL, NULL, NULL);
    hookseal_facts facts;
    const uint8_t cut[3] = {0, 9, 0};
    const uint8_t peer[5] = {0};
    char detail[HOOKSEAL_DETAIL_SIZE];

    CHECK(hookseal_verify(NULL, &request, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_verify(verifier, NULL, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, NULL, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_MISSING_HEADER);
    request.body_len = 9;
    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    request = request_of("GET", URL, NULL, NULL);
    request.headers = cut;
    request.headers_len = sizeof cut;
    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    request = request_of("GET", URL, NULL, NULL);
    request.peer = peer;
    request.peer_len = sizeof peer;
    CHECK(hookseal_verify(verifier, &request, NULL, 0, NULL, &facts, NULL, detail, sizeof detail)
          == HOOKSEAL_E_INTERNAL);
    CHECK(hookseal_describe(NULL) == NULL);
    CHECK(hookseal_header_slot(NULL, "a", 1) == -1);
    hookseal_verifier_free(verifier);

    CHECK(hookseal_panic_self_test(detail, sizeof detail) == HOOKSEAL_E_INTERNAL);
    CHECK(strlen(detail) > 0);
    CHECK(strcmp(HOOKSEAL_REJECTION_BODY, "{\"error\":\"webhook_rejected\"}") == 0);
}

int main(void)
{
    versions();
    verdicts();
    parts_stay_apart();
    heads();
    decryption();
    decryption_alone();
    tokens();
    handshake();
    keys_elsewhere();
    introspection();
    token_endpoint();
    signing();
    refusals();
    texts();
    misuse();
    return 0;
}
