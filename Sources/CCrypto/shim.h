// The message digests of OpenSSL's libcrypto.
#ifndef SIPGLASS_CCRYPTO_H
#define SIPGLASS_CCRYPTO_H

#include <openssl/evp.h>

#endif
