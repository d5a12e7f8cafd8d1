/// System calls that Swift's Glibc module leaves out, since they need _GNU_SOURCE.
///
/// Every function returns what its name promises, or a negated errno. None waits unless it says so.
#ifndef CSYSTEM_H
#define CSYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/// One message of a batch; laid out as the system's `struct mmsghdr`.
struct csystem_message {
    struct msghdr header;
    unsigned int count;
};

/// Receives up to `count` datagrams; returns how many.
int csystem_receive_messages(int socket, struct csystem_message *messages, unsigned int count);

/// Sends up to `count` datagrams; returns how many left before the first that could not.
int csystem_send_messages(int socket, struct csystem_message *messages, unsigned int count);

/// Takes one ICMP error from a socket's error queue (needs IP_RECVERR or IPV6_RECVERR).
///
/// `peer` gets the destination of the datagram that caused it, as sockaddr_in or sockaddr_in6; `code` gets the
/// errno when the destination is unreachable (RFC 3261 §18.4), 0 for any other error. Returns 1, or 0 when the
/// queue is empty.
int csystem_receive_error(int socket, void *peer, socklen_t peer_size, int *code);

/// Makes an eventfd; returns its descriptor.
int csystem_make_signal(void);

/// Makes an epoll instance; returns its descriptor.
int csystem_make_poller(void);

/// Lets a poller watch a descriptor for reading, under a tag of the caller; returns 0.
int csystem_watch(int poller, int descriptor, uint32_t tag);

/// A descriptor that a poller found ready.
struct csystem_ready {
    uint32_t tag;
    /// 1 when an error waits on it.
    uint32_t failed;
};

/// Waits up to some milliseconds until watched descriptors are ready; returns how many of them it wrote.
int csystem_wait(int poller, struct csystem_ready *ready, int count, int milliseconds);

/// Writes the system's words for an errno into a buffer, with a zero at the end.
void csystem_error_text(int code, char *buffer, size_t size);

#endif
