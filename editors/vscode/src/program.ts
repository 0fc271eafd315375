// Which hotlint is run: one that the user names, that of the Python environment, or the one that comes with the extension.

import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';

const run = promisify(execFile);
const NAME = process.platform === 'win32' ? 'hotlint.exe' : 'hotlint';
const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';

/** A program that answered when it was asked for its version. */
export interface Program {
    path: string;
    version: string;
    /** Where it was found, for the reader of the output. */
    origin: string;
}

export async function findProgram(
    context: vscode.ExtensionContext,
    output: vscode.LogOutputChannel,
): Promise<Program> {
    for (const [candidate, origin] of await candidates(context)) {
        const version = await versionOf(candidate);
        if (version) {
            return { path: candidate, version, origin };
        }
        output.debug(`no hotlint at ${candidate} (${origin})`);
    }
    throw new Error('no hotlint was found: install it with `pip install hotlint`, or name it in `hotlint.path`');
}

async function candidates(context: vscode.ExtensionContext): Promise<[string, string][]> {
    const settings = vscode.workspace.getConfiguration('hotlint');
    const bundled: [string, string][] = [[path.join(context.extensionPath, 'bundled', NAME), 'bundled']];
    // Settings of a workspace that nobody trusts must not choose what is run.
    if (!vscode.workspace.isTrusted) {
        return bundled;
    }
    const named = settings.get<string[]>('path', []).map((one): [string, string] => [replaced(one), 'setting']);
    if (settings.get('importStrategy') === 'useBundled') {
        return [...named, ...bundled];
    }
    const environments = (await interpreters()).map((python): [string, string] => [
        path.join(path.dirname(python), NAME),
        'environment',
    ]);
    const onPath = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
    const found = onPath
        .map((folder): [string, string] => [path.join(folder, NAME), 'path'])
        .filter(([candidate]) => fs.existsSync(candidate));
    return [...named, ...environments, ...found.slice(0, 1), ...bundled];
}

/** The Pythons whose environment may have hotlint. */
async function interpreters(): Promise<string[]> {
    const set = vscode.workspace.getConfiguration('hotlint').get('interpreter', '');
    if (set) {
        return [replaced(set)];
    }
    const found: string[] = [];
    const python = vscode.extensions.getExtension('ms-python.python');
    if (python) {
        try {
            const api = await python.activate();
            const chosen = api?.environments?.getActiveEnvironmentPath?.();
            const environment = chosen && (await api.environments.resolveEnvironment(chosen));
            const executable = environment?.executable?.uri?.fsPath;
            if (executable) {
                found.push(executable);
            }
        } catch {
            // An extension that fails is one that does not tell.
        }
    }
    for (const folder of vscode.workspace.workspaceFolders ?? []) {
        found.push(path.join(folder.uri.fsPath, '.venv', BIN, 'python'));
    }
    return found;
}

function replaced(text: string): string {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    return text
        .replace('${workspaceFolder}', folder)
        .replace('${userHome}', os.homedir())
        .replace(/^~(?=$|[/\\])/, os.homedir());
}

async function versionOf(candidate: string): Promise<string | undefined> {
    try {
        const { stdout } = await run(candidate, ['--version'], { timeout: 10_000 });
        return /^hotlint\s+(\S+)/.exec(stdout)?.[1];
    } catch {
        return undefined;
    }
}
