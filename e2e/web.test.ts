/** The dashboard, in a real browser on the real stack. */
import { describe, expect, it } from "vitest";
import { whenLive } from "./web/browser.ts";
import { reportIssue } from "./web/report.ts";
import { chromium, useVisitors } from "./web/visitors.ts";

describe.skipIf(chromium === undefined)("the dashboard", () => {
  const { open, stack } = useVisitors();

  it("shows one what another reports, the moment it is reported, and tells of what is critical", async () => {
    const manager = await open("/board?sort=created", { as: "manager" });
    const reporter = await open("/board?sort=created", { as: "reporter" });
    await reporter.page.getByRole("button", { name: "Report an issue" }).click();
    const form = reporter.page.getByRole("dialog");
    await form.getByLabel("Building").selectOption("library");
    await form.getByLabel("What is wrong?").fill("Ceiling came down");
    await form.getByRole("radio", { name: /^Critical/ }).check({ force: true });
    await form.getByRole("button", { name: "Report it" }).click();
    await reporter.page.mouse.move(1, 1);
    await manager.page.getByRole("row", { name: /Ceiling came down/ }).waitFor();
    const notice = manager.page.getByRole("article");
    await notice.getByText("New critical issue: Library").waitFor();
    await reporter.page.getByText("Reported: Ceiling came down").waitFor();

    await notice.getByRole("link", { name: "Show" }).click();
    const panel = manager.page.getByRole("complementary", { name: "Issue" });
    await panel.getByLabel("Note").fill("On my way");
    await panel.getByRole("button", { name: "Start work" }).click();
    const row = reporter.page.getByRole("row", { name: /Ceiling came down/ });
    await row.getByText("In progress").waitFor();
    await panel.getByText("On my way").waitFor();
  });

  it("offers a viewer nothing that a viewer may not do", async () => {
    const { page } = await open("/board", { as: "viewer" });
    await page.getByRole("row").nth(1).click();
    const panel = page.getByRole("complementary", { name: "Issue" });
    await panel.getByRole("heading", { name: "History" }).waitFor();
    await panel.getByText(/reported it/).waitFor();
    for (const name of ["Report an issue", "Start work", "Resolve", "Edit", "Delete", "Send comment"])
      expect(await page.getByRole("button", { name }).count()).toBe(0);
  });

  it("shows a member of one campus that campus", async () => {
    const { page } = await open("/map", { as: "harbor" });
    await page.getByRole("link", { name: /Warehouse/ }).waitFor();
    expect(await page.getByRole("link", { name: /Library/ }).count()).toBe(0);
    await page.getByRole("link", { name: "Board" }).first().click();
    await page.getByRole("row").nth(1).waitFor();
    expect(await page.getByRole("row", { name: /Library/ }).count()).toBe(0);
  });

  it("is worked with the keyboard", async () => {
    const { page } = await open("/board?sort=created", { as: "admin" });
    await page.getByRole("row").nth(3).waitFor();
    const titles = await page.locator(".row-title").allTextContents();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("k");
    await page.keyboard.press("Enter");
    const panel = page.getByRole("complementary", { name: "Issue" });
    await panel.getByRole("heading", { name: titles[1] ?? "", level: 2 }).waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
    await page.keyboard.press("/");
    await page.keyboard.type("zzzz");
    await page.getByText("No issue fits these filters.").waitFor();
  });

  it("keeps the rows where they are while somebody points at them", async () => {
    const { page } = await open("/board?sort=created", { as: "admin" });
    const first = page.locator(".grid-body .row").first();
    await first.hover();
    const before = await page.locator(".row-title").allTextContents();
    await reportIssue(stack(), { title: "Held back" });
    const waiting = page.getByRole("button", { name: /1 change waiting/ });
    await waiting.waitFor();
    expect(await page.locator(".row-title").allTextContents()).toEqual(before);
    await waiting.click();
    await page.getByRole("row", { name: /Held back/ }).waitFor();
  });

  it("warns of an issue that is reported already", async () => {
    await reportIssue(stack(), { title: "Water drips from the ceiling" });
    const { page } = await open("/board?sort=created", { as: "reporter" });
    await page.getByRole("row", { name: /Water drips/ }).waitFor();
    await page.keyboard.press("n");
    const form = page.getByRole("dialog");
    await form.getByLabel("Building").selectOption("library");
    await form.getByLabel("What is wrong?").fill("Dripping water");
    await form.getByRole("link", { name: /Water drips from the ceiling/ }).click();
    await page
      .getByRole("complementary")
      .getByRole("heading", { name: "Water drips from the ceiling" })
      .waitFor();
  });

  it("says that it is offline, keeps what is done meanwhile, and sends it when it is back", async () => {
    const { page, context } = await open("/board?sort=created", { as: "reporter" });
    await page.getByRole("row").nth(1).waitFor();
    await context.setOffline(true);
    await page.locator('.badge[data-phase="offline"]').waitFor();
    await page.keyboard.press("n");
    const form = page.getByRole("dialog");
    await form.getByLabel("Building").selectOption("gym");
    await form.getByLabel("What is wrong?").fill("Written offline");
    await form.getByRole("button", { name: "Report it" }).click();
    await page.mouse.move(1, 1);
    const row = page.getByRole("row", { name: /Written offline/ });
    await row.getByText("Not sent yet").waitFor();
    await page.getByText("1 change not sent yet").first().waitFor();
    await context.setOffline(false);
    await whenLive(page);
    await row.getByText("Not sent yet").waitFor({ state: "detached" });
    await row.waitFor();
  });

  it("says on the wall that it is stale, and since when, and comes back by itself", async () => {
    const { page, context } = await open("/wall", { as: "viewer" });
    await page.getByRole("heading", { name: "Most urgent" }).waitFor();
    await context.setOffline(true);
    await page.getByText(/What you see is from \d\d:\d\d/).waitFor();
    await reportIssue(stack(), { title: "Seen after the cut", severity: "critical" });
    await context.setOffline(false);
    await whenLive(page);
    await page.getByText("Seen after the cut").first().waitFor();
  });
});
