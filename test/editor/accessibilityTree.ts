import type { Page } from 'playwright-core';

/** One node of the tree that the browser gives to a screen reader. */
export interface AccessibleNode {
  readonly role: string;
  /** What is said of it. */
  readonly name: string;
  /** What is said after it, such as how to use it. */
  readonly description: string;
}

/**
 * The accessibility tree of a window as the browser itself has computed it, not as its elements say they are.
 * @returns what is in it for a screen reader, in its order
 */
export const accessibilityTree = async (page: Page): Promise<readonly AccessibleNode[]> => {
  const session = await page.context().newCDPSession(page);
  try {
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    return nodes
      .filter(({ ignored }) => !ignored)
      .map(({ role, name, description }) => ({
        role: textOf(role?.value),
        name: textOf(name?.value),
        description: textOf(description?.value),
      }));
  } finally {
    await session.detach();
  }
};

/** The names of all nodes with a role. */
export const namesOf = async (page: Page, role: string): Promise<readonly string[]> =>
  (await accessibilityTree(page)).filter((node) => node.role === role).map(({ name }) => name);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
