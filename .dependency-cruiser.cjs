/**
 * Who may import whom. The design's layers, checked on every `npm test`:
 *
 *   extension, cli, mcp → client → leaves ← PTY host, control plane
 */

/** A regular expression for "any of these folders". */
const below = (...folders) => `^(${folders.join('|')})/`;

const testFile = '(\\.test\\.ts$|/testing/)';

const leaves = [
  'daemon/protocol',
  'daemon/lifecycle',
  'daemon/platform',
  'daemon/transport',
  'daemon/journal',
];
const controlPlane = [
  'daemon/shells',
  'daemon/screen',
  'daemon/store',
  'daemon/hosts',
  'daemon/sessions',
  'daemon/server',
];

/** Part → the parts it may import besides itself. The table of docs/ARCHITECTURE.md, to be changed together with it. */
const layers = {
  'daemon/protocol': [],
  'daemon/lifecycle': [],
  'daemon/platform': ['daemon/protocol', 'daemon/lifecycle'],
  'daemon/transport': ['daemon/protocol', 'daemon/lifecycle', 'daemon/platform'],
  'daemon/journal': ['daemon/protocol', 'daemon/lifecycle', 'daemon/platform'],
  'daemon/ptyhost': leaves,
  'daemon/shells': leaves,
  'daemon/screen': leaves,
  'daemon/store': leaves,
  'daemon/hosts': leaves,
  'daemon/sessions': [...leaves, 'daemon/store', 'daemon/screen', 'daemon/shells', 'daemon/hosts'],
  'daemon/server': [...leaves, ...controlPlane],
  'daemon/client': leaves,
  'daemon/cli': [...leaves, 'daemon/client'],
  'daemon/mcp': ['daemon/protocol', 'daemon/client'],
  extension: ['daemon/client', 'daemon/protocol', 'daemon/lifecycle', 'daemon/platform'],
  webview: ['daemon/protocol'],
};

function only(part, parts) {
  return {
    name: `${part.replace('daemon/', '')}-layer`,
    comment:
      parts.length > 0 ? `${part} may import ${parts.join(', ')}.` : `${part} imports nothing of ours.`,
    severity: 'error',
    from: { path: below(part), pathNot: testFile },
    to: {
      dependencyTypesNot: ['core'],
      pathNot: [below(part, ...parts), '^node_modules/', '^daemon/build\\.d\\.ts$'],
    },
  };
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one idea in two files, or hide a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      comment: 'An import must lead somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that is used is listed in package.json, so that its version is pinned on purpose.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    ...Object.entries(layers).map(([part, parts]) => only(part, parts)),
    {
      name: 'data-plane-packages',
      comment: 'A package in the data plane is a reason to replace it, and replacing it ends shells.',
      severity: 'error',
      from: { path: below('daemon/ptyhost'), pathNot: testFile },
      to: { path: '^node_modules/', pathNot: '^node_modules/(node-pty|vscode-jsonrpc|@types)/' },
    },
    {
      name: 'protocol-packages',
      comment: 'The contract can be used by any program: it needs the RPC library and nothing else.',
      severity: 'error',
      from: { path: below('daemon/protocol'), pathNot: testFile },
      to: { path: '^node_modules/', pathNot: '^node_modules/(vscode-jsonrpc|@types)/' },
    },
    {
      name: 'webview-takes-types-only',
      comment: 'Of the protocol a page may take types, not code.',
      severity: 'error',
      from: { path: '^webview/', pathNot: testFile },
      to: { path: '^daemon/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-extension-knows-vscode',
      comment: 'Everything else must run in a shell, in a test and in other editors.',
      severity: 'error',
      from: { pathNot: below('extension', 'test/extension') },
      to: { path: '^(vscode$|node_modules/@types/vscode/)' },
    },
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder of daemon/ gets a line in `layers` above, or nothing limits what it imports.',
      severity: 'error',
      from: { path: '^daemon/[^/]+/', pathNot: [below(...Object.keys(layers)), testFile] },
      to: {},
    },
    {
      name: 'control-plane-has-no-face',
      comment: 'The daemon does not know who calls it, and reaches the PTY host through the protocol only.',
      severity: 'error',
      from: { path: '^daemon/main\\.ts$' },
      to: { path: below('daemon/(client|cli|mcp|ptyhost)', 'extension', 'webview') },
    },
    {
      name: 'product-does-not-know-tests',
      comment: 'What ships must not need what does not.',
      severity: 'error',
      from: { path: below('daemon', 'extension', 'webview'), pathNot: testFile },
      to: { path: [below('test', 'bench', 'scripts'), testFile] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|out|packages|\\.tools)/' },
    // `vscode` exists only inside the editor; its types are what there is to resolve.
    builtInModules: { add: ['vscode'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
      extensions: ['.ts', '.d.ts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
