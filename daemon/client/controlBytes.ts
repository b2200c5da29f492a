// What begins, ends or interrupts an escape sequence; ECMA-48 §8.3 and DEC STD 070.

export const ENQ = 0x05;
export const BEL = 0x07;
export const CAN = 0x18;
export const SUB = 0x1a;
export const ESC = 0x1b;
/** The first byte of U+0080 … U+00BF in UTF-8, C1 controls among them. A lone 0x9b is no CSI in UTF-8. */
export const C1_LEAD = 0xc2;
export const DEL = 0x7f;
