import {
  commands,
  type Tab,
  TabInputCustom,
  TabInputNotebook,
  TabInputTerminal,
  TabInputText,
  TabInputTextDiff,
  window,
  workspace,
} from 'vscode';

/** What the editor groups show at a moment, so that it can be shown again when terminals have come in front of it. */
export class FrontTabs {
  private readonly _tabs = window.tabGroups.all.flatMap(({ activeTab }) =>
    activeTab === undefined || activeTab.input instanceof TabInputTerminal ? [] : [activeTab],
  );

  /** Shows again what is covered now, as far as VS Code lets an extension; never takes the focus. */
  public async show(): Promise<void> {
    for (const tab of this._tabs) {
      const front = tab.group.activeTab;
      if (front !== tab && front?.input instanceof TabInputTerminal) {
        await reveal(tab);
      }
    }
  }
}

/** Pages of other extensions and of VS Code itself can't be shown by anybody else. */
const reveal = async ({ input, group, isPreview }: Tab): Promise<void> => {
  const options = { viewColumn: group.viewColumn, preserveFocus: true, preview: isPreview };
  if (input instanceof TabInputText) {
    await window.showTextDocument(input.uri, options);
  } else if (input instanceof TabInputNotebook) {
    await window.showNotebookDocument(await workspace.openNotebookDocument(input.uri), options);
  } else if (input instanceof TabInputTextDiff) {
    await commands.executeCommand('vscode.diff', input.original, input.modified, undefined, options);
  } else if (input instanceof TabInputCustom) {
    await commands.executeCommand('vscode.openWith', input.uri, input.viewType, options);
  }
};
