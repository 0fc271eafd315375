// The item in the status bar's list of languages: whether the server runs, and which.

import * as vscode from 'vscode';
import { State } from 'vscode-languageclient/node';

import type { Program } from './program';

/** Shown while a Python file is. */
export class Status implements vscode.Disposable {
    private readonly item: vscode.LanguageStatusItem;

    constructor() {
        this.item = vscode.languages.createLanguageStatusItem('hotlint', [
            { language: 'python' },
            { notebookType: 'jupyter-notebook' },
        ]);
        this.item.name = 'hotlint';
    }

    starting(): void {
        this.set('hotlint', 'starting', 'Show Output', 'hotlint.showOutput');
        this.item.busy = true;
    }

    off(): void {
        this.set('hotlint', 'switched off by `hotlint.enable`', 'Show Output', 'hotlint.showOutput');
    }

    failed(reason: string): void {
        this.set('hotlint', reason, 'Restart', 'hotlint.restart', vscode.LanguageStatusSeverity.Error);
    }

    follow(state: State, program: Program): void {
        switch (state) {
            case State.Running:
                this.set(`hotlint ${program.version}`, program.origin, 'Load Profile', 'hotlint.pickProfile');
                break;
            case State.Starting:
                this.starting();
                break;
            case State.Stopped:
                this.set('hotlint', 'stopped', 'Restart', 'hotlint.restart', vscode.LanguageStatusSeverity.Warning);
                break;
        }
    }

    dispose(): void {
        this.item.dispose();
    }

    private set(
        text: string,
        detail: string,
        title: string,
        command: string,
        severity = vscode.LanguageStatusSeverity.Information,
    ): void {
        this.item.text = text;
        this.item.detail = detail;
        this.item.command = { title, command };
        this.item.severity = severity;
        this.item.busy = false;
    }
}
