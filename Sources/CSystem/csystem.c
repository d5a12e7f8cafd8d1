#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

_Static_assert(sizeof(struct csystem_message) == sizeof(struct mmsghdr), "csystem_message is an mmsghdr");
_Static_assert(
    offsetof(struct csystem_message, count) == offsetof(struct mmsghdr, msg_len), "csystem_message is an mmsghdr");

int csystem_receive_messages(int socket, struct csystem_message *messages, unsigned int count) {
    int result = recvmmsg(socket, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
    return result < 0 ? -errno : result;
}

int csystem_send_messages(int socket, struct csystem_message *messages, unsigned int count) {
    int result = sendmmsg(socket, (struct mmsghdr *)messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    return result < 0 ? -errno : result;
}

/// The errno of a destination that cannot be reached; 0 for a smaller MTU, an exceeded TTL and all else.
static int unreachable(const struct sock_extended_err *error) {
    switch (error->ee_origin) {
    case SO_EE_ORIGIN_ICMP:
        return error->ee_type == ICMP_DEST_UNREACH && error->ee_code != ICMP_FRAG_NEEDED ? (int)error->ee_errno : 0;
    case SO_EE_ORIGIN_ICMP6:
        return error->ee_type == ICMP6_DST_UNREACH ? (int)error->ee_errno : 0;
    case SO_EE_ORIGIN_LOCAL:
        return error->ee_errno == EMSGSIZE ? 0 : (int)error->ee_errno;
    default:
        return 0;
    }
}

int csystem_receive_error(int socket, void *peer, socklen_t peer_size, int *code) {
    union {
        struct cmsghdr header;
        char bytes[512];
    } control;
    struct msghdr message = {
        .msg_name = peer, .msg_namelen = peer_size, .msg_control = &control, .msg_controllen = sizeof(control)};
    *code = 0;
    if (recvmsg(socket, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return errno == EAGAIN ? 0 : -errno;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR)
            || (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR)) {
            struct sock_extended_err error;
            memcpy(&error, CMSG_DATA(part), sizeof(error));
            *code = unreachable(&error);
        }
    }
    return 1;
}

int csystem_make_signal(void) {
    int result = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return result < 0 ? -errno : result;
}

int csystem_make_poller(void) {
    int result = epoll_create1(EPOLL_CLOEXEC);
    return result < 0 ? -errno : result;
}

int csystem_watch(int poller, int descriptor, uint32_t tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

int csystem_wait(int poller, struct csystem_ready *ready, int count, int milliseconds) {
    struct epoll_event events[64];
    int result = epoll_wait(poller, events, count < 64 ? count : 64, milliseconds);
    if (result < 0) return -errno;
    for (int index = 0; index < result; index++) {
        ready[index].tag = events[index].data.u32;
        ready[index].failed = (events[index].events & EPOLLERR) != 0;
    }
    return result;
}

void csystem_error_text(int code, char *buffer, size_t size) {
    char words[128];
    snprintf(buffer, size, "%s", strerror_r(code, words, sizeof(words)));
}
