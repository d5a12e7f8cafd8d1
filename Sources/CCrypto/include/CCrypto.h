// The message digests of OpenSSL's libcrypto.
#ifndef SIPGLASS_CCRYPTO_H
#define SIPGLASS_CCRYPTO_H

#include <stddef.h>

/// A hash function.
enum ccrypto_algorithm { ccrypto_md5 = 0, ccrypto_sha256 = 1 };

/// Writes the hash of some bytes, 16 or 32 of them; 0 when the library refuses the algorithm.
int ccrypto_digest(enum ccrypto_algorithm algorithm, const void *bytes, size_t count, unsigned char *hash);

#endif
