import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksSecret, withoutSecrets } from './secretNames';

describe('looksSecret', () => {
  for (const name of [
    'GITHUB_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'DB_PASSWORD',
    'DB_PASSWD',
    'MYSQL_PWD',
    'PGPASSWORD',
    'SSHPASS',
    'OPENAI_API_KEY',
    'API_KEY_2',
    'SSH_PRIVATE_KEY',
    'STRIPE_KEY',
    'GOOGLE_CREDENTIALS',
    'BASIC_AUTH',
    'npm_config__authToken',
    'npm_config_//packages.example.com/:_authToken',
    'clientSecret',
  ]) {
    it(`leaves ${name} out`, () => assert.equal(looksSecret(name), true));
  }

  for (const name of [
    'SSH_AUTH_SOCK',
    'GIT_ASKPASS',
    'SUDO_ASKPASS',
    'VSCODE_GIT_ASKPASS_NODE',
    'PWD',
    'OLDPWD',
    'PATH',
    'HOME',
    'XAUTHORITY',
    'GIT_AUTHOR_NAME',
    'KEYTIMEOUT',
    'MONKEY',
    'TOKENIZERS_PARALLELISM',
    'AWS_SHARED_CREDENTIALS_FILE',
    'PASSENGER_PORT',
    'COMPASS',
    '',
  ]) {
    it(`keeps '${name}'`, () => assert.equal(looksSecret(name), false));
  }

  it('leaves out addresses with a password in them, whatever their names', () => {
    const kept = {
      PROXY: 'http://proxy:8080',
      REPO: 'ssh://git@host:22/x',
      MAIL: 'ann@example.org',
      PATHS: 'file:///a:b@c',
    };
    assert.deepEqual(
      withoutSecrets({ ...kept, DATABASE_URL: 'postgres://ann:pw@db/x', HTTPS_PROXY: 'http://:pw@proxy' }),
      kept,
    );
  });

  it('filters an environment by name and keeps the rest as it is', () => {
    assert.deepEqual(withoutSecrets({ A: '1', MY_TOKEN: 'x', SSH_AUTH_SOCK: '/s' }), {
      A: '1',
      SSH_AUTH_SOCK: '/s',
    });
  });
});
