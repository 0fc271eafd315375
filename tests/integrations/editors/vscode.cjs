// Drives VS Code in a browser as a user does: opens a file, reads the Problems panel, takes the quick-fix, saves.

const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [address, project, executablePath, pictures, rule] = process.argv.slice(2);

async function patiently(what, get) {
    const start = Date.now();
    let last;
    while (Date.now() - start < 90_000) {
        try {
            const value = await get();
            if (value) {
                return value;
            }
        } catch (error) {
            last = error;
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`waited in vain for ${what}: ${last ?? ''}`);
}

async function main() {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 760 } });
    const open = async (name) => {
        await page.keyboard.press('Control+P');
        await page.waitForSelector('.quick-input-widget input');
        await page.keyboard.type(name, { delay: 20 });
        await page.waitForSelector(`.quick-input-list .monaco-list-row:has-text("${name}")`);
        await page.keyboard.press('Enter');
        await page.waitForSelector(`.tab.active:has-text("${name}")`);
    };
    const shoot = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });
    try {
        await patiently('the server', async () => {
            await page.goto(address, { timeout: 20_000 });
            return true;
        });
        await page.waitForSelector('.monaco-workbench', { timeout: 90_000 });
        await open('orders.py');
        await page.waitForSelector('.monaco-editor .view-line:has-text("known")');

        await patiently('a squiggle under the finding', () => page.$('.monaco-editor .squiggly-warning'));
        await page.keyboard.press('Control+Shift+M');
        const row = await patiently('the finding in the Problems panel', () =>
            page.$(`.markers-panel .monaco-list-row:has-text("${rule}")`),
        );
        const words = (await row.innerText()).replaceAll('\n', ' ');
        console.log(`Problems: ${words}`);
        if (!words.includes('is built again for every lookup') || !words.includes('hotlint')) {
            throw new Error('other words');
        }
        await row.dblclick();
        await page.waitForTimeout(500);
        await shoot('problems');

        // The hover: cost and evidence.
        await page.keyboard.press('Control+K');
        await page.keyboard.press('Control+I');
        const hover = await patiently('the hover', async () => {
            const boxes = await page.$$('.monaco-hover:not(.hidden) .hover-contents');
            const texts = await Promise.all(boxes.map((box) => box.innerText()));
            return texts.find((text) => text.includes('Measured on'));
        });
        console.log(`hover: ${hover.split('\n').filter(Boolean).slice(0, 3).join(' / ')}`);
        await shoot('hover');
        await page.keyboard.press('Escape');

        // Keys go to the editor again, with the cursor in the finding.
        const box = await patiently('its place', async () => (await page.$('.monaco-editor .squiggly-warning'))?.boundingBox());
        await page.mouse.click(box.x + box.width / 2, box.y + box.height - 6);
        await page.waitForTimeout(500);
        await page.keyboard.press('Control+.');
        const menu = await patiently('the menu of actions', () => page.$('.action-widget .monaco-list'));
        const offered = (await menu.innerText()).split('\n').filter(Boolean);
        offered.forEach((title) => console.log(`  offered: ${title}`));
        await page.waitForTimeout(300);
        await shoot('quick-fix');
        if (!offered.some((title) => title.includes('before the loop'))) {
            throw new Error('no fix is offered');
        }
        // The preferred one has the focus.
        await page.keyboard.press('Enter');
        await patiently('the fixed text', () => page.$('.monaco-editor .view-line:has-text("allowed_set = set(allowed)")'));
        await page.keyboard.press('Control+S');
        const [text, wanted] = ['orders.py', 'wanted.py'].map((name) => path.join(project, name));
        const same = () => fs.readFileSync(text, 'utf8') === fs.readFileSync(wanted, 'utf8');
        await patiently('the file on the disk', async () => same());
        await patiently('an empty Problems panel', async () => !(await page.$(`.markers-panel .monaco-list-row:has-text("${rule}")`)));
        await shoot('fixed');

        // Heat beside the code.
        await open('report.py');
        const lens = await patiently('a lens', async () => {
            const words = await page.$$eval('.codelens-decoration', (all) => all.map((one) => one.innerText));
            return words.find((text) => text.includes('of the run'));
        });
        console.log(`lens: ${lens.trim()}`);
        await patiently('a hint', async () => /70\s%/.test(await page.innerText('.monaco-editor .view-lines')));
        await page.waitForTimeout(1000);
        await shoot('heat');

        // The page of a rule opens in the editor.
        await page.keyboard.press('F1');
        await page.waitForSelector('.quick-input-widget input');
        await page.keyboard.type('hotlint: Explain a Rule', { delay: 10 });
        await page.waitForSelector('.quick-input-list .monaco-list-row:has-text("Explain a Rule")');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.quick-input-widget:has-text("The name of a rule")');
        await page.keyboard.type(rule);
        await page.keyboard.press('Enter');
        await patiently('the page of the rule', () => page.$(`.tab:has-text("${rule}")`));
        await page.waitForTimeout(2500);
        await shoot('rule');
    } catch (error) {
        await shoot('failed');
        throw error;
    } finally {
        await browser.close();
    }
}

main().catch((error) => {
    console.error(String(error));
    process.exit(1);
});
