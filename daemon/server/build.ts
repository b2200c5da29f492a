/** The product's version; `0.0.0` when a source file runs by itself. */
export const VERSION: string = typeof __HOLDFAST_VERSION__ === 'string' ? __HOLDFAST_VERSION__ : '0.0.0';
