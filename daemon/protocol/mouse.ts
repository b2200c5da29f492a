import { request } from './message';
import type { Target } from './sessions';

export const MOUSE_ACTIONS = ['click', 'move', 'down', 'up', 'drag', 'scroll'] as const;
export type MouseAction = (typeof MOUSE_ACTIONS)[number];
export const MOUSE_BUTTONS = ['left', 'middle', 'right'] as const;
export type MouseButton = (typeof MOUSE_BUTTONS)[number];
export const SCROLL_DIRECTIONS = ['up', 'down', 'left', 'right'] as const;
export type ScrollDirection = (typeof SCROLL_DIRECTIONS)[number];
export const MOUSE_MODIFIERS = ['shift', 'alt', 'ctrl'] as const;
export type MouseModifier = (typeof MOUSE_MODIFIERS)[number];

/** A click or a scroll that is done more often at once is a mistake. */
export const MAX_TIMES = 1000;

/** A cell of the screen, from 0. */
export interface MousePlace {
  readonly row: number;
  readonly col: number;
}

/** What is done with a mouse. */
export interface MouseGesture {
  readonly action: MouseAction;
  /** Where: of every action but a `scroll`, which is in the middle of the screen unless told, and a `click` on `text`. */
  readonly at?: MousePlace;
  /** What stands where a `click` goes: once on the screen, within one row. */
  readonly text?: string;
  /** Where a `drag` ends. */
  readonly to?: MousePlace;
  /** The left one unless given; of a `move` none. */
  readonly button?: MouseButton;
  /** Of a `scroll`. */
  readonly direction?: ScrollDirection;
  /** How often a `click` or `scroll` is done; once unless given. */
  readonly times?: number;
  /** Keys that are held down. */
  readonly modifiers?: readonly MouseModifier[];
}

/** The mouse, as the program has asked for it: nothing is sent where it can't be told all of it. */
export namespace TerminalMouse {
  export interface Params extends MouseGesture {
    readonly target: Target;
  }
  /** Where the mouse is after that. */
  export type Result = MousePlace;
  /**
   * @throws MOUSE_NOT_ENABLED, MOUSE_UNSUPPORTED, TEXT_NOT_FOUND, AMBIGUOUS_MATCH, SESSION_EXITED; INVALID_INPUT beyond
   * the screen
   */
  export const type = request<Params, Result>('terminal/mouse');
}
