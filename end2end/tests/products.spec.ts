// Products: what is refused stands beside its field, and the mail is seen before it is sent.
import { expectRefusal } from '../pages/fields.ts';
import { ProductForm } from '../pages/product_form.ts';
import { mailsTo } from '../support/purchases.ts';
import { expectSound } from '../support/soundness.ts';
import { adminTest, expect, hydrated, test } from '../support/test.ts';

adminTest('refused fields say why and keep what was typed', { tag: '@no-js' }, async ({ page }) => {
  const form = new ProductForm(page);
  await form.openNew();
  await form.name.fill('Lantern');
  await form.price.fill('a lot');
  await form.licenseDays.fill('-3');
  await form.save();
  await expectRefusal(form.price, /./);
  await expectRefusal(form.licenseDays, /36500/);
  await expect(form.name).toHaveValue('Lantern');
  await expect(form.name).not.toHaveAttribute('aria-invalid');
  await expect(form.price).toHaveValue('a lot');
  await expect(form.licenseDays).toHaveValue('-3');
});

adminTest('a long form that was refused is as it must be', { tag: '@mobile' }, async ({ page }) => {
  const form = new ProductForm(page);
  await form.openNew();
  await form.price.fill('a lot');
  await form.licenseDays.fill('-3');
  await form.trialDays.fill('a fortnight');
  await form.save();
  await expectRefusal(form.name, /./);
  await expectRefusal(form.trialDays, /./);
  await expectSound(page, 'product-refused');
});

adminTest('two products of one name are refused beside it', { tag: '@no-js' }, async ({ page, installation }) => {
  const taken = `Taken ${test.info().project.name}`;
  await installation.api('POST', '/api/product/', { name: taken });
  const form = new ProductForm(page);
  await form.openNew();
  await form.name.fill(taken.toUpperCase());
  await form.save();
  await expectRefusal(form.name, /Another product has this name/);
  await expect(form.name).toHaveValue(taken.toUpperCase());
});

adminTest('a placeholder that nobody knows is refused', { tag: '@no-js' }, async ({ page }) => {
  const form = new ProductForm(page);
  await form.openNew();
  await form.name.fill('Lantern');
  await form.template.fill('Dear {{Captain}}, here: {{ActivationKey}}');
  await form.save();
  await expectRefusal(form.template, /\{\{Captain\}\} in line 1 is not known\. Known are \{\{ActivationKey\}\}/);
  await expect(form.template).toHaveValue('Dear {{Captain}}, here: {{ActivationKey}}');
});

adminTest('the preview follows the typing', async ({ page }) => {
  const form = new ProductForm(page);
  await form.openNew();
  await form.subject.fill('Light for {{CustomerEmail}}');
  await form.template.fill('Keep it:\n{{ActivationKey}}');
  await expect(form.preview).toContainText('Keep it:');
  await expect(form.preview).toContainText('TEST-TEST-TEST-TEST');
  await expect(form.preview).toContainText(/Light for \S+@\S+/);
  await form.template.fill('{{ActivationKey');
  await expect(form.preview.getByRole('status')).toBeVisible();
});

adminTest('a saved product is changed, and its test mail arrives', { tag: '@no-js' }, async ({ page, installation }) => {
  const name = `Lantern ${test.info().project.name}`;
  const recipient = `me-${test.info().project.name}@example.com`;
  const form = new ProductForm(page);
  await form.openNew();
  await form.name.fill(name);
  await form.save();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await hydrated(page);
  await form.template.fill('Light!\n{{ActivationKey}}');
  await form.save();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.getByLabel('Send to', { exact: true }).fill(recipient);
  await page.getByRole('button', { name: 'Send test mail' }).click();
  await expect(page).toHaveURL(/\/outbox\//);
  const [mail] = await mailsTo(installation, recipient);
  expect(mail.text).toContain('Light!');
  expect(mail.text).toContain('TEST-TEST-TEST-TEST');
});

/** Every line, number and text of the form, with what is written into it. */
const TEXTS: [label: string, text: string][] = [
  ['Price', '129.50'],
  ['Newest version', '4.2.0'],
  ['Description', 'Three masts.\nFor the harbour.'],
  ['Default License Days', '730'],
  ['Trial Days', '21'],
  ['Seats per key', '5'],
  ['Features', 'maps, export'],
  ['Oldest version served', '3.1.0'],
  ['Hours between deactivations', '48'],
  ['Subject', 'Your {{ProductName}} is here'],
  ['Email Template', 'Dear {{CustomerEmail}},\n\n{{ActivationKey}}\n\nFair winds'],
];

/** Every choice of one. */
const CHOICES: [label: string, value: string][] = [
  ['Currency', 'EUR'],
  ['A full refund', 'suspend'],
];

/** Every tick, the other way than a new product has it. */
const TICKS: [label: string, isTicked: boolean][] = [
  ['On sale', false],
  ['Quantity is seats', true],
  ['Refuse older versions', true],
  ['Auto Email', false],
];

adminTest('every field of a product is kept as it was filled in', { tag: '@no-js' }, async ({ page }) => {
  const name = `Brigantine ${test.info().project.name}`;
  const form = new ProductForm(page);
  const field = (label: string) => page.getByLabel(label, { exact: true });
  await form.openNew();
  for (const [label, isTicked] of TICKS) await expect(field(label), label).toBeChecked({ checked: !isTicked });
  await form.name.fill(name);
  for (const [label, text] of TEXTS) await field(label).fill(text);
  for (const [label, value] of CHOICES) await field(label).selectOption(value);
  for (const [label, isTicked] of TICKS) await field(label).setChecked(isTicked);
  await form.save();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.reload();
  await hydrated(page);
  await expect(form.name).toHaveValue(name);
  for (const [label, text] of TEXTS) await expect(field(label), label).toHaveValue(text);
  for (const [label, value] of CHOICES) await expect(field(label), label).toHaveValue(value);
  for (const [label, isTicked] of TICKS) await expect(field(label), label).toBeChecked({ checked: isTicked });
});
