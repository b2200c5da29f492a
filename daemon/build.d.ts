/** The product's version, set when it is bundled; not defined when a source file runs by itself, as in unit tests. */
declare const __HOLDFAST_VERSION__: string | undefined;
