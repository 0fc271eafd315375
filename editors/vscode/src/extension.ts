// The extension: finds the program, starts it as a language server, and adds what only this editor has.

import * as vscode from 'vscode';
import { type Executable, LanguageClient, type LanguageClientOptions } from 'vscode-languageclient/node';

import { registerCommands } from './commands';
import { findProgram, type Program } from './program';
import { RulePages } from './rulePages';
import { Status } from './status';
import { initializationOptions, needsRestart } from './settings';

/** What the extension holds while it is active. */
export class Session {
    client: LanguageClient | undefined;
    private starting: Promise<void> = Promise.resolve();

    constructor(
        private readonly context: vscode.ExtensionContext,
        readonly output: vscode.LogOutputChannel,
        private readonly status: Status,
    ) {}

    /** Stops the server, if there is one, and starts it anew. One at a time, whoever asks. */
    restart(): Promise<void> {
        this.starting = this.starting.then(() => this.startAnew()).catch((error: unknown) => {
            this.output.error(`the server did not start: ${String(error)}`);
            this.status.failed(String(error));
        });
        return this.starting;
    }

    async stop(): Promise<void> {
        const client = this.client;
        this.client = undefined;
        await client?.dispose(5000);
    }

    private async startAnew(): Promise<void> {
        await this.stop();
        if (!vscode.workspace.getConfiguration('hotlint').get('enable', true)) {
            this.status.off();
            return;
        }
        this.status.starting();
        const program = await findProgram(this.context, this.output);
        this.output.info(`runs ${program.path} (${program.version}, ${program.origin})`);
        this.client = this.newClient(program);
        this.client.onDidChangeState(({ newState }) => this.status.follow(newState, program));
        await this.client.start();
    }

    private newClient(program: Program): LanguageClient {
        const server: Executable = { command: program.path, args: ['server', '--stdio'] };
        const options: LanguageClientOptions = {
            documentSelector: [
                { scheme: 'file', language: 'python' },
                { scheme: 'untitled', language: 'python' },
                { scheme: 'vscode-notebook', language: 'python' },
                { scheme: 'vscode-notebook-cell', language: 'python' },
                // What starts servers: the program tells by the name which of them it reads.
                { scheme: 'file', pattern: '**/{Procfile,*.service}' },
                { scheme: 'file', pattern: '**/{Dockerfile,Dockerfile.*,*.dockerfile,Containerfile}' },
                { scheme: 'file', pattern: '**/{compose,compose.*,docker-compose,docker-compose.*}.{yml,yaml}' },
            ],
            diagnosticCollectionName: 'hotlint',
            diagnosticPullOptions: { onChange: true, onSave: true, onTabs: false },
            initializationOptions: initializationOptions(),
            outputChannel: this.output,
            middleware: {
                // The server shows pages as files; here they are documents of their own.
                executeCommand: (command, args, next) =>
                    command === 'hotlint.explainRule' ? RulePages.show(String(args[0])) : next(command, args),
                workspace: {
                    // Pages that the program carries have an address in this editor.
                    configuration: async (params, token, next) => {
                        const values = await next(params, token);
                        return Array.isArray(values) ? values.map(RulePages.withAddress) : values;
                    },
                },
            },
        };
        const client = new LanguageClient('hotlint', 'hotlint', server, options);
        client.registerFeature({
            fillClientCapabilities: (capabilities) => {
                const experimental = (capabilities.experimental ?? {}) as Record<string, unknown>;
                capabilities.experimental = { ...experimental, hotlint: { commands: true } };
            },
            initialize: () => {},
            getState: () => ({ kind: 'static' }),
            clear: () => {},
        });
        return client;
    }
}

let session: Session | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
    const output = vscode.window.createOutputChannel('hotlint', { log: true });
    const status = new Status();
    session = new Session(context, output, status);
    context.subscriptions.push(output, status, ...registerCommands(session), new RulePages(session));
    context.subscriptions.push(
        vscode.workspace.onDidChangeConfiguration((event) => {
            // Everything else the server is told of by the client.
            if (needsRestart(event)) {
                void session?.restart();
            }
        }),
        vscode.workspace.onDidGrantWorkspaceTrust(() => session?.restart()),
    );
    await session.restart();
}

export function deactivate(): Promise<void> | undefined {
    return session?.stop();
}
