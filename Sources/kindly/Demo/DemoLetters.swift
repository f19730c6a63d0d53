/// The letters of the demo in English, by their file's name below `templates`.
enum DemoLetters {
  /// Every file of `templates`.
  static var files: [String: String] { english.merging(chinese) { first, _ in first } }

  private static let english = [
    "layout.html": """
    <!DOCTYPE html>
    <html lang="en">
    <head><meta charset="utf-8"><title>{{subject}}</title></head>
    <body style="margin: 0; background: #f4f5f3; color: #222; font: 16px/1.5 Helvetica, Arial, sans-serif;">
      <div style="max-width: 36em; margin: 0 auto; padding: 24px; background: #fff;">
    {{{content}}}
      </div>
    </body>
    </html>

    """,
    "partials/signature.html": """
    <p>Kind regards,<br>
    The team at Example</p>
    <p style="color: #777; font-size: 13px;">A person reads every reply to this email.</p>

    """,
    "trial/welcome.html": """
    ---
    subject: "Welcome! Your trial account is ready"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Thank you for trying us out. Your account is ready, and you can use every feature
    until <strong>{{date(this.trial_ends_on)}}</strong>.</p>
    <table cellpadding="4">
      <tr><td>User name</td><td><strong>{{customer.email}}</strong></td></tr>
      <tr><td>Initial password</td><td><strong>{{customer.initial_password}}</strong></td></tr>
    </table>
    <p>Please choose your own password when you first sign in.</p>
    {{> partials/signature}}

    """,
    "trial/ending.html": """
    ---
    subject: "Your trial ends on {{date(this.trial_ends_on)}}"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your trial ends on <strong>{{date(this.trial_ends_on)}}</strong>. If you need more time to decide,
    reply to this email and we will extend it, free of charge and with no obligation.</p>
    {{> partials/signature}}

    """,
    "trial/ended.html": """
    ---
    subject: "Your trial ends today"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your trial ends today. We are sorry if that interrupts your work: reply to this email, and you can carry
    on within the hour. Whatever you decide, we keep your data safe for 90 days.</p>
    {{> partials/signature}}

    """,
    "lease/confirmed.html": """
    ---
    subject: "Thank you: your lease runs until {{date(this.ends_on)}}"
    channels:
      wechat: { template: LEASE_PAID_EN, parameters: { thing1: Lease confirmed, date2: "{{date(this.ends_on)}}" } }
    ---
    <p>Dear {{customer.name}},</p>
    <p>We have received your payment, thank you. Your lease runs from {{date(this.starts_on)}}
    until <strong>{{date(this.ends_on)}}</strong>. There is nothing more to do.</p>
    {{> partials/signature}}

    """,
    "complaint/call.html": """
    ---
    subject: "Please call {{customer.name}} about a complaint"
    ---
    <p>{{customer.name}} ({{customer.phone}}) writes: “{{this.text}}”</p>
    <p>We promised an answer by {{time(this.answer_by)}}.</p>

    """,
    "lease/gone.html": """
    ---
    subject: "Please call {{customer.name}}: the lease was deleted"
    ---
    <p>The lease of {{customer.name}} is no longer in the customer database. Its last status was
    “{{this.status}}”.</p>
    <p>Please call {{customer.phone}} and ask what we could have done better.</p>

    """,
    "shipping/shipped.html": """
    ---
    subject: "Your order {{this.number}} is on its way"
    sms: "Your order {{this.number}} is on its way. Follow it with {{this.carrier}} {{this.tracking_number}}."
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your order <strong>{{this.number}}</strong> has left our warehouse with {{this.carrier}}. You can follow it
    with the tracking number <strong>{{this.tracking_number}}</strong>.</p>
    {{> partials/signature}}

    """,
    "invoice/due.html": """
    ---
    subject: "Invoice {{this.number}} is due today"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Just a quick reminder: invoice <strong>{{this.number}}</strong> for
    <strong>{{this.currency}} {{money(this.amount)}}</strong> is due today.</p>
    <p>If you have already paid, thank you, and please ignore this email.</p>
    {{> partials/signature}}

    """,
    "callback/soon.html": """
    ---
    subject: "We will call you at {{time(this.callback_at)}}"
    ---
    <p>Dear {{customer.name}},</p>
    <p>As you asked, we will call you at <strong>{{time(this.callback_at)}}</strong> your time, on
    {{customer.phone}}. If that no longer suits you, reply to this email with a better time.</p>
    {{> partials/signature}}

    """,
  ]
}
