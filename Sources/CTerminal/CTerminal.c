#define _GNU_SOURCE
#include "CTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

extern char **environ;

// Synchronised output off, mouse off, paste and focus reports off, plain keypad, cursor on, colours off, ASCII
// character set, back to the normal screen.
static const char restore_sequence[] =
    "\033[?2026l\033[?1006l\033[?1003l\033[?1002l\033[?1000l\033[?2004l\033[?1004l"
    "\033[?1l\033>\033[?25h\033[0m\033(B\033[?1049l";

static int terminal = -1;
static struct termios saved_line;
static int real_errors = -1;
static int error_file = -1;
static off_t first_error;
static atomic_int is_taken;
static atomic_int is_screen_up;

int cterminal_take(int descriptor, const char *error_path) {
    if (tcgetattr(descriptor, &saved_line) != 0) return -1;
    terminal = descriptor;
    error_file = error_path ? open(error_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (error_file < 0) error_file = memfd_create("errors", MFD_CLOEXEC);
    real_errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (error_file >= 0 && real_errors >= 0) {
        first_error = lseek(error_file, 0, SEEK_END);
        dup2(error_file, STDERR_FILENO);
    }
    atomic_store(&is_taken, 1);
    return 0;
}

void cterminal_screen_is_up(void) { atomic_store(&is_screen_up, 1); }

int cterminal_write(const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(terminal, next, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

int cterminal_size(int *columns, int *rows) {
    struct winsize window;
    if (ioctl(terminal, TIOCGWINSZ, &window) != 0) return -1;
    *columns = window.ws_col;
    *rows = window.ws_row;
    return 0;
}

void cterminal_restore_line(void) {
    // A process in the background would be stopped for touching the terminal; it must not be, on its way out.
    void (*previous)(int) = signal(SIGTTOU, SIG_IGN);
    tcsetattr(terminal, TCSANOW, &saved_line);
    signal(SIGTTOU, previous);
}

static void give_errors_back(void) {
    if (error_file < 0 || real_errors < 0) return;
    dup2(real_errors, STDERR_FILENO);
    char buffer[4096];
    ssize_t count;
    while ((count = pread(error_file, buffer, sizeof buffer, first_error)) > 0) {
        first_error += count;
        if (write(real_errors, buffer, (size_t)count) < 0) return;
    }
}

void cterminal_restore(int with_sequence) {
    if (!atomic_exchange(&is_taken, 0)) return;
    if (atomic_exchange(&is_screen_up, 0) && with_sequence) {
        cterminal_write(restore_sequence, sizeof restore_sequence - 1);
    }
    cterminal_restore_line();
    give_errors_back();
}

const char *cterminal_restore_sequence(void) { return restore_sequence; }

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { crash_signal_count = sizeof crash_signals / sizeof crash_signals[0] };
static struct sigaction previous_actions[crash_signal_count];

// Restores the terminal, lets the handler that was there before report the crash, and dies of the signal.
static void on_crash(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    cterminal_restore(1);
    for (int index = 0; index < crash_signal_count; index++) {
        if (crash_signals[index] != number) continue;
        struct sigaction *previous = &previous_actions[index];
        if (previous->sa_flags & SA_SIGINFO) {
            previous->sa_sigaction(number, info, context);
        } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
            previous->sa_handler(number);
        }
    }
    signal(number, SIG_DFL);
    raise(number);
    errno = saved_errno;
}

static void restore_at_exit(void) { cterminal_restore(1); }

void cterminal_arm(void) {
    static char stack[65536];
    static atomic_int is_armed;
    if (atomic_exchange(&is_armed, 1)) return;
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
        stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&own, NULL);
    }
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int index = 0; index < crash_signal_count; index++) {
        sigaction(crash_signals[index], &action, &previous_actions[index]);
    }
    atexit(restore_at_exit);
}

int cterminal_feed_tmux(const void *bytes, size_t count) {
    static const char *const arguments[] = {"tmux", "load-buffer", "-w", "-", NULL};
    int input = memfd_create("input", MFD_CLOEXEC);
    if (input < 0) return -1;
    int result = -1;
    if (write(input, bytes, count) == (ssize_t)count && lseek(input, 0, SEEK_SET) == 0) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
        pid_t child;
        if (posix_spawnp(&child, arguments[0], &actions, NULL, (char *const *)arguments, environ) == 0) {
            int status;
            while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
            result = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
        }
        posix_spawn_file_actions_destroy(&actions);
    }
    close(input);
    return result;
}
