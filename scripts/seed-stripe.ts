/** Tells the Stripe emulator where our API listens; repeating it changes nothing. */
export async function seedStripe(emulatorsUrl: string, webhookUrl: string): Promise<void> {
  const response = await fetch(`${emulatorsUrl}/_emulator/seed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ stripe: { webhook_endpoints: [{ url: webhookUrl }] } }),
  });
  if (!response.ok) throw new Error(`The Stripe emulator refused its seed: ${await response.text()}`);
}
