/// The calls of c-ares that the resolver needs, in plain types.
///
/// c-ares' own header brings the system's socket headers along, which Swift would then count to it.
#ifndef SIPGLASS_CARES_H
#define SIPGLASS_CARES_H

/// The sockets to the name servers, and what is asked on them; for one caller at a time.
struct cares_channel;

/// What became of a question, for people who must tell these apart.
enum cares_outcome {
    /// A reply came; it may say no.
    cares_replied,
    /// The last server refused, be it the packet or the question.
    cares_refused,
    /// No server answered.
    cares_silent,
    /// The channel was closed.
    cares_closed,
    /// Anything else.
    cares_failed,
};

/// Called once for each question; the reply lives until it returns, and may be null.
typedef void (*cares_answered)(void *argument, int status, int timeouts, unsigned char *reply, int count);

/// What a status of `cares_answered` means.
enum cares_outcome cares_outcome(int status);

/// Opens a channel whose sockets an epoll instance watches, each with its descriptor as the tag.
///
/// `timeout` in milliseconds; `servers` as `127.0.0.1:53,[::1]:53`, or empty for the system's. Null on failure.
struct cares_channel *cares_open(int poller, int timeout, int tries, const char *servers);

/// Closes a channel; questions that are out are called back first.
void cares_close(struct cares_channel *channel);

/// Asks for records of a type, in class IN.
void cares_ask(struct cares_channel *channel, const char *name, int type, cares_answered answered, void *argument);

/// Reads from and writes to a socket that is ready; -1 only looks at the time.
void cares_process(struct cares_channel *channel, int descriptor);

/// Milliseconds until `cares_process` must look at the time; -1 when nothing is out.
int cares_pause(struct cares_channel *channel);

/// The addresses of a name in the hosts file, IPv6 or IPv4, back to back; returns how many.
int cares_hosts(struct cares_channel *channel, const char *name, int v6, unsigned char *addresses, int limit);

#endif
