// ncurses with wide characters, and accessors for what Swift cannot import: globals, macros and cchar_t.
#ifndef SIPGLASS_CNCURSES_H
#define SIPGLASS_CNCURSES_H

#define _XOPEN_SOURCE_EXTENDED 1
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1

#include <curses.h>
#include <stdio.h>
#include <term.h>
#include <wchar.h>

// Takes the terminal on the standard streams; 0 when its description is unknown.
static inline int cncurses_start(const char *name) { return newterm(name, stdout, stdin) != NULL; }

static inline int cncurses_lines(void) { return LINES; }
static inline int cncurses_columns(void) { return COLS; }
static inline int cncurses_colors(void) { return COLORS; }
static inline int cncurses_pairs(void) { return COLOR_PAIRS; }

static inline attr_t cncurses_bold(void) { return WA_BOLD; }
static inline attr_t cncurses_dim(void) { return WA_DIM; }
static inline attr_t cncurses_italic(void) { return WA_ITALIC; }
static inline attr_t cncurses_underline(void) { return WA_UNDERLINE; }
static inline attr_t cncurses_reverse(void) { return WA_REVERSE; }

static inline void cncurses_set_up_window(void) {
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    intrflush(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
}

static inline void cncurses_redraw_all(void) { clearok(stdscr, TRUE); }
static inline int cncurses_stage(void) { return wnoutrefresh(stdscr); }

static inline int cncurses_key_f(int number) { return KEY_F(number); }

// The colours that the terminal's description offers; below 1 for none.
static inline int cncurses_offered_colors(void) { return tigetnum("colors"); }

// Whether the terminal's description has that capability.
static inline int cncurses_has(const char *name) {
    const char *text = tigetstr(name);
    return text != NULL && text != (const char *)-1;
}

// The cells that ncurses will count for a scalar.
extern int wcwidth(wchar_t character);
static inline int cncurses_width(wchar_t character) { return wcwidth(character); }

// One cell: a scalar with up to two marks, or 0 where there is none.
static inline int cncurses_write(
    int row, int column, wchar_t lead, wchar_t first_mark, wchar_t second_mark, attr_t attributes, int pair) {
    const wchar_t text[4] = {lead, first_mark, second_mark, 0};
    cchar_t cell;
    if (setcchar(&cell, text, attributes, 0, &pair) == ERR) return ERR;
    return mvadd_wch(row, column, &cell);
}

#endif
