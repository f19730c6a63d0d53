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
    the people at Example</p>
    <p style="color: #777; font-size: 13px;">Replies to this mail reach a person.</p>

    """,
    "trial/welcome.html": """
    ---
    subject: "Welcome! Your trial account is ready"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Thank you for trying us. Your account is ready, and everything in it is yours to use
    until <strong>{{date(this.trial_ends_on)}}</strong>.</p>
    <table cellpadding="4">
      <tr><td>User</td><td><strong>{{customer.email}}</strong></td></tr>
      <tr><td>First password</td><td><strong>{{customer.initial_password}}</strong></td></tr>
    </table>
    <p>Please choose a password of your own when you first sign in.</p>
    {{> partials/signature}}

    """,
    "trial/ending.html": """
    ---
    subject: "Your trial ends on {{date(this.trial_ends_on)}}"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your trial ends on <strong>{{date(this.trial_ends_on)}}</strong>. If you need more time to make up your
    mind, reply to this mail and we extend it; that costs nothing and commits you to nothing.</p>
    {{> partials/signature}}

    """,
    "trial/ended.html": """
    ---
    subject: "Your trial has ended"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your trial ends today. We are sorry if that interrupts your work: reply to this mail, and it goes on within
    the hour. Your data stays safe with us for 90 days, whatever you decide.</p>
    {{> partials/signature}}

    """,
    "lease/confirmed.html": """
    ---
    subject: "Thank you: your lease runs until {{date(this.ends_on)}}"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your payment has arrived, thank you. Your lease runs from {{date(this.starts_on)}}
    until <strong>{{date(this.ends_on)}}</strong>. You need do nothing more.</p>
    {{> partials/signature}}

    """,
    "lease/gone.html": """
    ---
    subject: "Please call {{customer.name}}: the lease was deleted"
    ---
    <p>The lease of {{customer.name}} is no longer in the customer database. It was “{{this.status}}” when we last
    saw it.</p>
    <p>The number is {{customer.phone}}. Please ask what we could have done better.</p>

    """,
    "shipping/shipped.html": """
    ---
    subject: "Your order {{this.number}} is on its way"
    ---
    <p>Dear {{customer.name}},</p>
    <p>Your order <strong>{{this.number}}</strong> has left our house with {{this.carrier}}. With the tracking number
    <strong>{{this.tracking_number}}</strong> they tell you where it is.</p>
    {{> partials/signature}}

    """,
    "invoice/due.html": """
    ---
    subject: "Invoice {{this.number}} is due today"
    ---
    <p>Dear {{customer.name}},</p>
    <p>A short note so that it does not get lost: invoice <strong>{{this.number}}</strong> over
    <strong>{{this.currency}} {{money(this.amount)}}</strong> is due today.</p>
    <p>If it is already on its way, thank you, and please forget this mail.</p>
    {{> partials/signature}}

    """,
    "callback/soon.html": """
    ---
    subject: "We call you at {{time(this.callback_at)}}"
    ---
    <p>Dear {{customer.name}},</p>
    <p>You asked us to call: we do, at <strong>{{time(this.callback_at)}}</strong> by your clocks, under
    {{customer.phone}}. If that no longer suits you, reply to this mail with a better time.</p>
    {{> partials/signature}}

    """,
  ]
}
