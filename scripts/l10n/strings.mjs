/**
 * What the extension says: the texts of its sources that go through `vscode.l10n.t`, as VS Code's own `l10n-dev` would
 * export them. It is done here with the compiler, because that tool passes over what it can't read, and brings a
 * hundred packages.
 */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { inRoot } from '../paths.mjs';

/** @returns {{ bundle: Record<string, string>, problems: string[] }} the bundle in the order of its keys */
export function stringsOfExtension() {
  const files = fs
    .readdirSync(inRoot('extension'), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file))
    .map((file) => path.join('extension', file))
    .sort();
  const found = files.map((file) => stringsOf(file, fs.readFileSync(inRoot(file), 'utf8')));
  const keys = [...new Set(found.flatMap(({ keys }) => keys))].sort();
  return {
    bundle: Object.fromEntries(keys.map((key) => [key, key])),
    problems: found.flatMap(({ problems }) => problems),
  };
}

/** @returns {{ keys: string[], problems: string[] }} of one source, and what of it no translation could reach */
export function stringsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const keys = [];
  const problems = [];
  const knowsEditor = /from 'vscode'/.test(text);
  const problem = (node, what) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    problems.push(`${file}:${line + 1} ${what}`);
  };
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'l10n.t') {
      const [key, ...values] = node.arguments;
      if (!ts.isStringLiteralLike(key))
        problem(node, 'has a text that is put together: it has no translation');
      else {
        keys.push(key.text);
        const places = placeholders(key.text);
        if (places.join() !== values.map((_, index) => `{${index}}`).join())
          problem(node, `gives ${values.length} values to '${key.text}'`);
      }
    }
    // Without the editor nobody looks: such a file is tested by itself.
    if (knowsEditor && ts.isNewExpression(node) && node.expression.getText() === 'HoldfastError') {
      const [, message, suggestion] = node.arguments ?? [];
      for (const said of [message, suggestion])
        if (said !== undefined && (ts.isStringLiteralLike(said) || ts.isTemplateExpression(said)))
          problem(said, 'has an error that is shown in English only');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { keys, problems };
}

/** The places for values in a text, each once, in their order. */
export function placeholders(text) {
  return [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();
}
