// The commands of the palette, and those that actions of the server want from this editor.

import * as vscode from 'vscode';

import type { Session } from './extension';
import { RulePages } from './rulePages';

export function registerCommands(session: Session): vscode.Disposable[] {
    const send = async <T>(command: string, ...args: unknown[]): Promise<T | undefined> => {
        if (!session.client?.isRunning()) {
            void vscode.window.showWarningMessage('hotlint is not running; its output may tell why.');
            return undefined;
        }
        const params = { command, arguments: args };
        try {
            return await session.client.sendRequest<T>('workspace/executeCommand', params);
        } catch (error) {
            void vscode.window.showWarningMessage(`hotlint: ${error instanceof Error ? error.message : String(error)}`);
            return undefined;
        }
    };
    const commands: Record<string, (...args: never[]) => unknown> = {
        'hotlint.restart': () => session.restart(),
        'hotlint.showOutput': () => session.output.show(),
        'hotlint.fixFile': () => {
            const uri = vscode.window.activeTextEditor?.document.uri;
            return uri && send('hotlint.fixAll', uri.toString());
        },
        'hotlint.pickProfile': async () => {
            const files = await vscode.window.showOpenDialog({
                canSelectMany: true,
                openLabel: 'Load',
                title: 'Profiles of cProfile, py-spy, line_profiler, pyinstrument, scalene, memray, ...',
            });
            if (files?.length) {
                await send('hotlint.loadProfile', files.map((file) => file.fsPath));
            }
        },
        'hotlint.forgetProfile': () => send('hotlint.clearProfile'),
        'hotlint.explain': async () => {
            const rule = await vscode.window.showInputBox({ prompt: 'The name of a rule', value: ruleHere() });
            if (rule) {
                await RulePages.show(rule.trim());
            }
        },
        'hotlint.showDebugInformation': async () => {
            const content = await send<string>('hotlint.debugInformation');
            if (content) {
                await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
            }
        },
        // What an action of the server asks for.
        'hotlint.askReason': async (action: unknown) => {
            const reason = await vscode.window.showInputBox({
                prompt: 'Why this may stay as it is',
                placeHolder: 'names are few',
            });
            if (reason !== undefined) {
                await send('hotlint.ignore', action, reason);
            }
        },
        // What a lens leads to.
        'hotlint.showFindings': () => vscode.commands.executeCommand('workbench.actions.view.problems'),
    };
    return Object.entries(commands).map(([name, work]) => vscode.commands.registerCommand(name, work));
}

/** The rule of the finding at the cursor. */
function ruleHere(): string | undefined {
    const editor = vscode.window.activeTextEditor;
    const found = editor && vscode.languages.getDiagnostics(editor.document.uri);
    const here = found?.find((one) => one.source === 'hotlint' && one.range.contains(editor!.selection.active));
    const code = here?.code;
    return typeof code === 'object' ? String(code.value) : code?.toString();
}
