import type { ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

export function readOptions<const T extends Options>(
  usage: string,
  options: T,
): ReturnType<typeof parseArgs<{ options: T }>>['values'];
export function wholeNumber(name: string, text: string, least?: number): number;
export function knownNames(name: string, text: string, known: readonly string[]): readonly string[];
