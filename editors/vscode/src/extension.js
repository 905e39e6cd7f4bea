// Starts `gpb lsp` and connects it with the editor.

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("gpb.restart", restart),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      const program = change.affectsConfiguration("gpb.path") || change.affectsConfiguration("gpb.arguments");
      return program ? restart() : undefined;
    }),
  );
  await start();
}

async function start() {
  // A folder may name any program in its settings, so nothing is started before the folder is trusted.
  if (!vscode.workspace.isTrusted) return;
  const settings = vscode.workspace.getConfiguration("gpb");
  const command = settings.get("path") || "gpb";
  const args = [...settings.get("arguments", []), "lsp"];
  client = new LanguageClient(
    "gpb",
    "gpb",
    { command, args, options: { cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath } },
    {
      documentSelector: [
        { scheme: "file", language: "gpb" },
        { scheme: "untitled", language: "gpb" },
      ],
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.gpb") },
    },
  );
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const choice = await vscode.window.showErrorMessage(
      `\`${command}\` could not be started, so .gpb files are highlighted and not checked: ${error.message ?? error}`,
      "Set the path",
    );
    if (choice) await vscode.commands.executeCommand("workbench.action.openSettings", "gpb.path");
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  await stop();
  await start();
}

module.exports = { activate, deactivate: stop };
