import { printableJson } from '../../platform/printable';
import { choice } from '../arguments/choice';
import { bashScript } from '../completion/bash';
import { fishScript } from '../completion/fish';
import { zshScript } from '../completion/zsh';
import type { Context } from '../context';
import type { Input } from '../input';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const run = async (context: Context, input: Input): Promise<void> => {
  const script = SCRIPTS[choice('the shell', SHELLS)(input.required('SHELL'))](context.commands);
  context.print(context.json ? `${printableJson({ script })}\n` : script);
};
