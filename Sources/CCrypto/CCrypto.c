#include "CCrypto.h"

#include <openssl/evp.h>
#include <pthread.h>

// To look an algorithm up, and to make a context, takes longer than the hash of a digest: each is done once.
static EVP_MD *algorithms[2];
static pthread_key_t context_of_thread;
static pthread_once_t prepared = PTHREAD_ONCE_INIT;

static void free_context(void *context) { EVP_MD_CTX_free(context); }

static void prepare(void) {
    algorithms[ccrypto_md5] = EVP_MD_fetch(NULL, "MD5", NULL);
    algorithms[ccrypto_sha256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    pthread_key_create(&context_of_thread, free_context);
}

static EVP_MD_CTX *context(void) {
    EVP_MD_CTX *context = pthread_getspecific(context_of_thread);
    if (!context) {
        context = EVP_MD_CTX_new();
        pthread_setspecific(context_of_thread, context);
    }
    return context;
}

int ccrypto_digest(enum ccrypto_algorithm algorithm, const void *bytes, size_t count, unsigned char *hash) {
    pthread_once(&prepared, prepare);
    EVP_MD_CTX *own = context();
    return own && algorithms[algorithm] && EVP_DigestInit_ex2(own, algorithms[algorithm], NULL)
        && EVP_DigestUpdate(own, bytes, count) && EVP_DigestFinal_ex(own, hash, NULL);
}
