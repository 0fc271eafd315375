// The pages of rules, as documents of this editor.

import * as vscode from 'vscode';

import type { Session } from './extension';

const SCHEME = 'hotlint-rule';

/** Has the server write the pages. */
export class RulePages implements vscode.TextDocumentContentProvider, vscode.Disposable {
    private readonly registration: vscode.Disposable;

    constructor(private readonly session: Session) {
        this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
    }

    /** Opens the page of a rule beside the code. */
    static async show(rule: string): Promise<void> {
        const page = vscode.Uri.from({ scheme: SCHEME, path: `/${rule}.md` });
        await vscode.commands.executeCommand('markdown.showPreviewToSide', page);
    }

    /** Settings with the address of these pages, where the user names no other. */
    static withAddress<T>(this: void, settings: T): T {
        if (typeof settings !== 'object' || settings === null) {
            return settings;
        }
        const given = (settings as { docsUrl?: string }).docsUrl;
        return { ...settings, docsUrl: given || `${SCHEME}:/{rule}.md` };
    }

    async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
        const rule = uri.path.replace(/^\//, '').replace(/\.md$/, '');
        const params = { command: 'hotlint.rulePage', arguments: [rule] };
        const page = await this.session.client?.sendRequest<string>('workspace/executeCommand', params);
        return page ?? `The page of \`${rule}\` is written by the server, which is not running.`;
    }

    dispose(): void {
        this.registration.dispose();
    }
}
