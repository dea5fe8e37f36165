// Fields that were refused: the reason beside them, what was typed still in them.
import { expect, type Locator } from '@playwright/test';

/** A field that says why it was refused. */
export async function expectRefusal(field: Locator, reason: RegExp): Promise<void> {
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(reason);
}
