#include "CAres.h"

#include <ares.h>
#include <netdb.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static ares_channel inner(struct cares_channel *channel) { return (ares_channel)channel; }

enum cares_outcome cares_outcome(int status) {
    switch (status) {
    case ARES_SUCCESS:
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
    case ARES_EFORMERR:
    case ARES_ESERVFAIL:
    case ARES_ENOTIMP:
    case ARES_EREFUSED: return cares_replied;
    case ARES_ECONNREFUSED: return cares_refused;
    case ARES_ETIMEOUT: return cares_silent;
    case ARES_EDESTRUCTION: return cares_closed;
    default: return cares_failed;
    }
}

/// Tells the poller what c-ares wants to know of a socket; the poller's number travels as the data.
static void follow(void *data, ares_socket_t descriptor, int reads, int writes) {
    int poller = (int)(intptr_t)data;
    struct epoll_event event = {
        .events = (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0), .data.u32 = (uint32_t)descriptor};
    if (!reads && !writes) {
        epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, NULL);
    } else if (epoll_ctl(poller, EPOLL_CTL_MOD, descriptor, &event) < 0) {
        epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
    }
}

struct cares_channel *cares_open(int poller, int timeout, int tries, const char *servers) {
    struct ares_options options = {
        .timeout = timeout, .tries = tries, .sock_state_cb = follow, .sock_state_cb_data = (void *)(intptr_t)poller};
    ares_channel channel = NULL;
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel, &options, mask) != ARES_SUCCESS) return NULL;
    if (*servers && ares_set_servers_ports_csv(channel, servers) != ARES_SUCCESS) {
        ares_destroy(channel);
        return NULL;
    }
    return (struct cares_channel *)channel;
}

void cares_close(struct cares_channel *channel) { ares_destroy(inner(channel)); }

void cares_ask(struct cares_channel *channel, const char *name, int type, cares_answered answered, void *argument) {
    ares_query(inner(channel), name, 1, type, answered, argument);
}

void cares_process(struct cares_channel *channel, int descriptor) {
    ares_process_fd(inner(channel), descriptor, descriptor);
}

int cares_pause(struct cares_channel *channel) {
    struct timeval time;
    if (!ares_timeout(inner(channel), NULL, &time)) return -1;
    return (int)(time.tv_sec * 1000 + (time.tv_usec + 999) / 1000);
}

int cares_hosts(struct cares_channel *channel, const char *name, int v6, unsigned char *addresses, int limit) {
    struct hostent *entry = NULL;
    if (ares_gethostbyname_file(inner(channel), name, v6 ? AF_INET6 : AF_INET, &entry) != ARES_SUCCESS) return 0;
    int count = 0;
    for (char **address = entry->h_addr_list; *address && count < limit; address++, count++)
        memcpy(addresses + count * entry->h_length, *address, (size_t)entry->h_length);
    ares_free_hostent(entry);
    return count;
}
