/** Maintenance alerts, announced and withdrawn in one browser and seen in another. */
import type { Alert } from "@faultline/contract";
import { signInAs } from "@faultline/local/sign-in";
import type { Page } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { request } from "./support/doors.ts";
import { findViolations, keepScreenshot } from "./web/browser.ts";
import { chromium, useVisitors } from "./web/visitors.ts";

const bannerOf = (page: Page, message: string) => page.locator(".banner").filter({ hasText: message });

async function openForm(page: Page) {
  await page.getByRole("button", { name: "Maintenance alerts" }).click();
  return page.getByRole("dialog", { name: "Maintenance alerts" });
}

/** As the control takes it, in the page's own time zone: UTC in tests or not. */
const inHours = (page: Page, hours: number) =>
  page.evaluate<string>(
    `(() => { const at = new Date(Date.now() + ${hours} * 3600000);
      return new Date(at - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16); })()`,
  );

/** As far as a form's control is looked at; these tests know no DOM. */
interface Control {
  readonly validity: { readonly valid: boolean };
}

describe.skipIf(chromium === undefined)("a maintenance alert", () => {
  const { open, stack } = useVisitors();

  /** What only one test says; the alerts that say it are withdrawn when it is over, for who shares the stack. */
  function wordsOnce(about: string): string {
    const words = `${about} ${crypto.randomUUID()}`;
    onTestFinished(async () => {
      const token = await signInAs("manager@riverside.test", stack().addresses)();
      const { body } = await request(stack(), "GET", "/alerts", { token });
      const left = (body.items as readonly Alert[]).filter(({ message }) => message.includes(words));
      for (const { id } of left) await request(stack(), "DELETE", `/alerts/${id}`, { token });
    });
    return words;
  }

  it("for a campus is seen by others while it stands, on every view, and goes when it is withdrawn", async () => {
    const message = wordsOnce("No hot water");
    const manager = await open("/board", { as: "manager" });
    const viewer = await open("/stats", { as: "viewer" });
    const wall = await open("/wall", { as: "viewer" });
    const form = await openForm(manager.page);
    await form.getByLabel("Where").selectOption("campus:harbor");
    await form.getByLabel("How much it disturbs").selectOption("high");
    await form.getByLabel("What to expect").fill(message);
    await form.getByLabel("From").fill(await inHours(manager.page, 1));
    await form.getByLabel("Until").fill(await inHours(manager.page, 3));
    expect(await findViolations(manager.page)).toEqual([]);
    await keepScreenshot(manager.page, "alerts-form");
    await form.getByRole("button", { name: "Announce it" }).click();
    await form.waitFor({ state: "detached" });
    for (const { page } of [manager, viewer, wall]) {
      const banner = bannerOf(page, message);
      await banner.getByText("Harbor").waitFor();
      await banner.getByText(/^from .*\d\d:\d\d/).waitFor();
      await banner.getByText(/^until .*\d\d:\d\d/).waitFor();
      await banner.getByText("High").waitFor();
    }
    await viewer.page
      .getByRole("article")
      .getByText(/^Maintenance: /)
      .waitFor();
    await keepScreenshot(viewer.page, "alerts-banner");

    const again = await openForm(manager.page);
    const standing = again.getByRole("listitem").filter({ hasText: message });
    await standing.getByRole("button", { name: "Withdraw" }).click();
    await keepScreenshot(manager.page, "alerts-withdraw");
    await standing.getByRole("button", { name: "Yes, withdraw it" }).click();
    await standing.waitFor({ state: "detached" });
    for (const { page } of [manager, viewer, wall])
      await bannerOf(page, message).waitFor({ state: "detached" });
    await viewer.page
      .getByRole("article")
      .getByText(/^Withdrawn: /)
      .waitFor();
  });

  it("for a building is not seen by who looks after another campus", async () => {
    const message = wordsOnce("Lift out of order");
    const harbor = await open("/board", { as: "harbor" });
    const manager = await open("/board", { as: "manager" });
    for (const [place, said] of [
      ["building:library", message],
      ["campus:harbor", `Afterwards ${message}`],
    ] as const) {
      const form = await openForm(manager.page);
      await form.getByLabel("Where").selectOption(place);
      await form.getByLabel("What to expect").fill(said);
      await form.getByRole("button", { name: "Announce it" }).click();
      await form.waitFor({ state: "detached" });
    }
    await bannerOf(harbor.page, `Afterwards ${message}`).waitFor();
    expect(await bannerOf(harbor.page, message).count()).toBe(1);
    expect(await bannerOf(manager.page, message).count()).toBe(2);
  });

  it("can't be announced without a place and words, or to end before it begins", async () => {
    const { page } = await open("/board", { as: "manager" });
    const form = await openForm(page);
    const isValid = (label: string) =>
      form.getByLabel(label).evaluate((control) => (control as unknown as Control).validity.valid);
    await form.getByRole("button", { name: "Announce it" }).click();
    expect(await isValid("Where")).toBe(false);
    expect(await isValid("What to expect")).toBe(false);
    await form.getByLabel("Where").selectOption("building:gym");
    await form.getByLabel("What to expect").fill("Never sent");
    await form.getByLabel("From").fill(await inHours(page, 3));
    await form.getByLabel("Until").fill(await inHours(page, 2));
    expect(await isValid("Until")).toBe(false);
    await form.getByRole("button", { name: "Announce it" }).click();
    await form.waitFor();
    await form.getByLabel("Until").fill(await inHours(page, 4));
    expect(await isValid("Until")).toBe(true);
    await page.keyboard.press("Escape");
    await form.waitFor({ state: "detached" });
    expect(await bannerOf(page, "Never sent").count()).toBe(0);
  });

  it("that could not be sent stays in the form, which says so", async () => {
    const message = wordsOnce("Fire drill");
    const { page, context } = await open("/board", { as: "manager" });
    const form = await openForm(page);
    await form.getByLabel("Where").selectOption("building:gym");
    await form.getByLabel("What to expect").fill(message);
    await context.setOffline(true);
    await form.getByRole("button", { name: "Announce it" }).click();
    await form
      .getByRole("alert")
      .getByText(/out of reach/)
      .waitFor();
    await context.setOffline(false);
    await form.getByRole("button", { name: "Announce it" }).click();
    await bannerOf(page, message).waitFor();
    expect(await bannerOf(page, message).count()).toBe(1);
  });

  it("is nothing that a technician is offered", async () => {
    const { page } = await open("/board", { as: "technician" });
    await page.getByRole("button", { name: "Report an issue" }).waitFor();
    expect(await page.getByRole("button", { name: "Maintenance alerts" }).count()).toBe(0);
  });
});
