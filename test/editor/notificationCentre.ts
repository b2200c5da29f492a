import type { Locator, Page } from 'playwright-core';
import { poll } from './patience';

const SHOWN_MS = 5000;

/** VS Code's notification centre: with its smoke-test driver, VS Code shows no notification by itself. */
export class NotificationCentre {
  private readonly _centre: Locator;

  public constructor(
    private readonly _page: Page,
    private readonly _run: (title: string) => Promise<void>,
    private readonly _described: () => Promise<unknown>,
  ) {
    this._centre = _page.locator('.notifications-center.visible');
  }

  /** Opens it until a notification with a text is seen in it: other ones may have come before. @returns the notification */
  public async show(text: string): Promise<Locator> {
    const notification = this._centre.locator('.notification-list-item').filter({ hasText: text });
    await this._poll(async () => {
      if (!(await notification.first().isVisible())) {
        await this._run('Notifications: Show Notifications');
      }
      return isSeen(notification, 'visible');
    }, `the notification ${text}`);
    return notification;
  }

  /** Presses a button of the notification with a text, which closes that. */
  public async press(text: string, button: string): Promise<void> {
    await this._poll(async () => {
      const notification = await this.show(text);
      const pressed = await notification
        .getByRole('button', { name: button })
        .click({ timeout: SHOWN_MS })
        .then(
          () => true,
          () => false,
        );
      return pressed && isSeen(notification, 'detached');
    }, `${button} of the notification ${text} to be pressed`);
    await this._hide();
  }

  /** What it holds now. */
  public async texts(): Promise<string[]> {
    await this._poll(async () => {
      await this._run('Notifications: Show Notifications');
      return isSeen(this._centre, 'visible');
    }, 'the notification centre');
    const told = await this._centre.locator('.notification-list-item-message').allInnerTexts();
    await this._hide();
    return told;
  }

  private async _hide(): Promise<void> {
    await this._poll(async () => {
      if (await this._centre.isVisible()) {
        await this._page.keyboard.press('Escape');
      }
      return isSeen(this._centre, 'hidden');
    }, 'the notification centre to close');
  }

  private async _poll(attempt: () => Promise<boolean>, what: string): Promise<void> {
    await poll(attempt, { what, state: this._described });
  }
}

const isSeen = (locator: Locator, state: 'visible' | 'hidden' | 'detached'): Promise<boolean> =>
  locator
    .first()
    .waitFor({ state, timeout: SHOWN_MS })
    .then(
      () => true,
      () => false,
    );
