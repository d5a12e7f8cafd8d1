// libcrypto's one-shot digests.
#ifndef SIPGLASS_CCRYPTO_H
#define SIPGLASS_CCRYPTO_H

#include <openssl/evp.h>

#endif
