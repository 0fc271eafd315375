// The settings of the editor, as the server takes them.

import * as vscode from 'vscode';

import { RulePages } from './rulePages';

/** What the server is told at the start; later it asks. */
export function initializationOptions(): Record<string, unknown> {
    const settings = vscode.workspace.getConfiguration('hotlint');
    const plain: Record<string, unknown> = JSON.parse(JSON.stringify(settings));
    return { settings: RulePages.withAddress(plain) };
}

/** Whether the program itself, or what it is told only once, is another one now. */
export function needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
    const once = ['enable', 'path', 'importStrategy', 'interpreter', 'diagnosticMode'];
    return once.some((key) => event.affectsConfiguration(`hotlint.${key}`));
}
