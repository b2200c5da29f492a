import { l10n, type QuickPickItem, window } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { Services } from '../services';
import type { SortOrder } from '../tree/shape';
import { setSort } from '../tree/sortSetting';

/** Asks for a filter, and shows at each key what it leaves; Escape brings back the one before. */
export const filterSessions = async ({ tree: { arrangement } }: Services, text: unknown): Promise<void> => {
  if (typeof text === 'string') {
    arrangement.filter = text;
    return;
  }
  const before = arrangement.filter;
  const box = window.createInputBox();
  box.title = l10n.t('Filter Sessions');
  box.placeholder = l10n.t('Part of a name, folder, command, group, tag or state');
  box.prompt = l10n.t('Each word must occur. Enter keeps the filter; leave it empty for none.');
  // A click on a row that it has left is not to bring back the others.
  box.ignoreFocusOut = true;
  box.value = before;
  box.valueSelection = [0, before.length];
  box.onDidChangeValue((value) => {
    arrangement.filter = value;
  });
  const isAccepted = await new Promise<boolean>((resolve) => {
    box.onDidAccept(() => resolve(true));
    box.onDidHide(() => resolve(false));
    box.show();
  });
  arrangement.filter = isAccepted ? box.value : before;
  box.dispose();
};

export const clearFilter = ({ tree: { arrangement } }: Services): void => {
  arrangement.filter = '';
};

interface SortItem extends QuickPickItem {
  readonly sort: SortOrder;
}

/** @param wanted the order, as a keybinding or another extension may pass it */
export const sortSessions = async ({ tree: { arrangement } }: Services, wanted: unknown): Promise<void> => {
  const items = sortItems(arrangement.sort);
  const sort =
    typeof wanted === 'string'
      ? knownSort(items, wanted)
      : await window.showQuickPick(items, { title: l10n.t('Sort Sessions By') });
  if (sort !== undefined) {
    await setSort(sort.sort);
  }
};

const sortItems = (current: SortOrder): readonly SortItem[] => {
  const items: readonly SortItem[] = [
    { sort: 'manual', label: l10n.t('Manual'), detail: l10n.t('As you have put them; the others by name') },
    { sort: 'name', label: l10n.t('Name') },
    { sort: 'created', label: l10n.t('Created'), detail: l10n.t('The newest first') },
    { sort: 'activity', label: l10n.t('Last Activity'), detail: l10n.t('What wrote last first') },
    {
      sort: 'attention',
      label: l10n.t('Attention First'),
      detail: l10n.t('What wants you to look, then the others'),
    },
  ];
  return items.map((item) => (item.sort === current ? { ...item, description: l10n.t('current') } : item));
};

const knownSort = (items: readonly SortItem[], wanted: string): SortItem => {
  const found = items.find(({ sort }) => sort === wanted);
  if (found === undefined) {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t("sessions can't be sorted by '{0}'", wanted),
      l10n.t('Pass one of: {0}.', items.map(({ sort }) => sort).join(', ')),
    );
  }
  return found;
};
