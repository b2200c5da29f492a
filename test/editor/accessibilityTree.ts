import type { Page } from 'playwright-core';

/** One node of the tree that the browser gives to a screen reader. */
export interface AccessibleNode {
  readonly role: string;
  /** What is said of it. */
  readonly name: string;
  /** What is said after it, such as how to use it. */
  readonly description: string;
  /** Whether it has the keyboard. */
  readonly focused: boolean;
}

/**
 * The accessibility tree of a window as the browser itself has computed it, not as its elements say they are.
 * @returns what is in it for a screen reader, in its order; of each frame behind those around it
 */
export const accessibilityTree = async (page: Page): Promise<readonly AccessibleNode[]> => {
  const session = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await session.send('Page.getFrameTree');
    const all: AccessibleNode[] = [];
    for (const frameId of idsOf(frameTree)) {
      // A frame may go meanwhile.
      const { nodes } = await session
        .send('Accessibility.getFullAXTree', { frameId })
        .catch(() => ({ nodes: [] }));
      all.push(...nodes.filter(({ ignored }) => !ignored).map(accessibleNode));
    }
    return all;
  } finally {
    await session.detach();
  }
};

/** The names of all nodes with a role. */
export const namesOf = async (page: Page, role: string): Promise<readonly string[]> =>
  (await accessibilityTree(page)).filter((node) => node.role === role).map(({ name }) => name);

/** What has the keyboard; the page itself has it too. */
export const focusedNode = async (page: Page): Promise<AccessibleNode | undefined> =>
  (await accessibilityTree(page)).find(({ focused, role }) => focused && role !== 'RootWebArea');

/** As the browser tells of its frames. */
interface FrameTree {
  readonly frame: { readonly id: string };
  readonly childFrames?: readonly FrameTree[];
}

const idsOf = ({ frame, childFrames = [] }: FrameTree): readonly string[] => [
  frame.id,
  ...childFrames.flatMap(idsOf),
];

/** As the browser tells of a node. */
interface Value {
  readonly value?: unknown;
}
interface Node {
  readonly role?: Value;
  readonly name?: Value;
  readonly description?: Value;
  readonly properties?: readonly { readonly name: string; readonly value: Value }[];
}

const accessibleNode = ({ role, name, description, properties = [] }: Node): AccessibleNode => ({
  role: textOf(role?.value),
  name: textOf(name?.value),
  description: textOf(description?.value),
  focused: properties.some((property) => property.name === 'focused' && property.value.value === true),
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
