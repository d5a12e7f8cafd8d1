// Gives the terminal back whatever happens: the state that a crash handler needs, kept where it can reach it.
//
// Everything here may be called from any thread. cterminal_restore is safe in a signal handler.
#ifndef SIPGLASS_CTERMINAL_H
#define SIPGLASS_CTERMINAL_H

#include <stddef.h>

// Remembers the line settings of the terminal on a descriptor and sends later errors of the process to a file
// (created when missing; NULL or a file that cannot be opened: memory). 0, or -1 with errno.
int cterminal_take(int descriptor, const char *error_path);

// Installs the handlers of crash signals and the one at exit; once.
void cterminal_arm(void);

// Says that the full screen is up, so that a crash has something to undo.
void cterminal_screen_is_up(void);

// Undoes everything, once: screen modes when the full screen is up and with_sequence is not 0, line settings,
// and the error output, with what went to the file in between printed.
void cterminal_restore(int with_sequence);

// Puts the remembered line settings back and nothing else, for the time of a stop.
void cterminal_restore_line(void);

// What cterminal_restore writes to leave the full screen.
const char *cterminal_restore_sequence(void);

// The size of the terminal's window now. 0, or -1 with errno.
int cterminal_size(int *columns, int *rows);

// Writes all bytes to the terminal. 0, or -1 with errno.
int cterminal_write(const void *bytes, size_t count);

// Hands bytes to tmux as a new buffer, for the clipboard too; waits for its end. 0, or -1 when it refused.
int cterminal_feed_tmux(const void *bytes, size_t count);

#endif
