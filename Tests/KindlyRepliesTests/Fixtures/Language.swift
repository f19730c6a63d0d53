/// A language of the fixtures: its people, its mail programs' words, and what its people answer.
struct Language: Sendable {
  let code: String
  let name: String
  let address: String
  /// How subjects of answers begin.
  let answer: String
  let subject: String
  let letter: String
  let attribution: String
  let outlookHead: String
  let telephone: String
  let outlookMobile: String
  /// How the subjects of automatic answers begin, and what they say.
  let automatic: [(prefix: String, text: String)]
  let optOuts: [String]
  let texts: [String]
}

extension Language {
  static let all: [Language] = [.english, .german, .french, .spanish, .chinese, .japanese]

  static let english = Language(
    code: "en", name: "Ann Lee", address: "ann.lee@example.net", answer: "Re: ",
    subject: "Your inspection is due",
    letter: "Dear Ann,\nyour inspection is due on 12 May.\nTo unsubscribe, answer STOP.",
    attribution: "On Mon, 4 May 2026 at 09:00, Care <care@example.com> wrote:",
    outlookHead:
      "From: Care <care@example.com>\nSent: Monday, May 4, 2026 9:00 AM\nTo: Ann Lee <ann.lee@example.net>\nSubject: Your inspection is due",
    telephone: "Sent from my iPhone", outlookMobile: "Get Outlook for iOS<https://aka.ms/o0ukef>",
    automatic: [
      ("Automatic reply: ", "I am out of the office until 18 May. Please call my colleague."),
      ("Out of Office: ", "Thank you for your mail. I will answer when I am back."),
    ],
    optOuts: ["STOP", "Unsubscribe.", "Please remove me"],
    texts: [
      "Thanks, Tuesday at ten suits me well.", "Could you please call me back this afternoon?",
      "Stop by any time, the gate is open until five.",
      "My last mail to you could not be delivered, so here it is again: yes, please renew it.",
      "I paid this on Friday. Please check again.\n\nAnn",
      "Is the mailbox full again? I wrote to you twice.",
      "We have moved. Please unsubscribe the old address and use this one from now on.",
      "No.", "Ok", "Yes please!", "How much would it cost?\nAnd how long does it take?",
      "Please send the invoice to accounts@example.net instead.",
      "I'm out of the office on Friday, can we do Thursday?",
      "Wrong number plate: it is KX 12 ABC.",
      "The user unknown to you is my husband, he drives it now.", "👍",
      "Sorry for the late answer. From: now on I am free on Mondays.",
    ])

  static let german = Language(
    code: "de", name: "Jürgen Groß", address: "juergen.gross@example.net", answer: "AW: ",
    subject: "Ihre Wartung ist fällig",
    letter: "Guten Tag,\nIhre Wartung ist am 12. Mai fällig.\nAbmelden: STOP.",
    attribution: "Am 04.05.26 um 09:00 schrieb Care:",
    outlookHead:
      "Von: Care <care@example.com>\nGesendet: Montag, 4. Mai 2026 09:00\nAn: Jürgen Groß <juergen.gross@example.net>\nBetreff: Ihre Wartung ist fällig",
    telephone: "Von meinem iPhone gesendet", outlookMobile: "Gesendet von Outlook für Android",
    automatic: [
      (
        "Automatische Antwort: ",
        "Ich bin bis 18. Mai nicht im Büro. Ihre Mail wird nicht weitergeleitet."
      ),
      ("Abwesenheitsnotiz: ", "Vielen Dank für Ihre Nachricht. Ich melde mich nach meinem Urlaub."),
    ],
    optOuts: ["STOP", "Bitte abmelden", "Keine Werbung mehr!"],
    texts: [
      "Danke, Dienstag um zehn passt mir gut.", "Können Sie mich bitte zurückrufen?",
      "Bitte stoppen Sie kurz an der Einfahrt, wenn Sie kommen.",
      "Ihre letzte Nachricht konnte nicht zugestellt werden, sagt mein Anbieter. Was stand darin?",
      "Ich habe am Freitag überwiesen.\n\nMit freundlichen Grüßen\nJürgen Groß",
      "Was kostet das, und wie lange dauert es?", "Ja, gern.", "Nein danke", "Passt.",
      "Bitte melden Sie mein altes Auto ab, das neue bleibt.",
      "Ich bin ab Freitag im Urlaub, geht auch Donnerstag?",
      "Das Kennzeichen stimmt nicht: B-XY 123.", "Wir sind umgezogen, die neue Anschrift folgt.",
      "Bitte die Rechnung an buchhaltung@example.net schicken.", "Später, im Juni.", "Erledigt 🙂",
      "Von: Hamburg aus sind es zwei Stunden, das ist mir zu weit.",
    ])

  static let french = Language(
    code: "fr", name: "Élodie Lefèvre", address: "elodie@example.net", answer: "RE: ",
    subject: "Votre contrôle arrive à échéance",
    letter: "Bonjour,\nvotre contrôle est prévu le 12 mai.\nPour vous désinscrire : STOP.",
    attribution: "Le lun. 4 mai 2026 à 09:00, Care <care@example.com> a écrit :",
    outlookHead:
      "De : Care <care@example.com>\nEnvoyé : lundi 4 mai 2026 09:00\nÀ : Élodie Lefèvre\nObjet : Votre contrôle",
    telephone: "Envoyé de mon iPhone", outlookMobile: "Envoyé à partir de Outlook pour Android",
    automatic: [
      ("Réponse automatique : ", "Je suis absente jusqu'au 18 mai."),
      ("Message d'absence : ", "Merci de votre message. Je vous répondrai à mon retour."),
    ],
    optOuts: ["STOP", "Désinscription", "me désinscrire"],
    texts: [
      "Merci, mardi à dix heures me convient.", "Pouvez-vous me rappeler cet après-midi ?",
      "Le stop devant la maison est en panne, attention.",
      "Votre dernier message n'a pas pu être remis, pourquoi ?",
      "J'ai payé vendredi.\n\nCordialement,\nÉlodie", "Combien cela coûte-t-il ?",
      "Oui, avec plaisir.", "Non merci",
      "D'accord.", "Nous avons déménagé, voici la nouvelle adresse : 3 rue Haute.",
      "Je suis en vacances vendredi, jeudi est-il possible ?", "La plaque est fausse : AB-123-CD.",
      "Merci d'envoyer la facture à compta@example.net.", "Plus tard, en juin.", "C'est fait.",
      "Je ne comprends pas cette demande.\nDe quoi s'agit-il ?", "Parfait, à bientôt !",
    ])

  static let spanish = Language(
    code: "es", name: "José Peña", address: "jose@example.net", answer: "RE: ",
    subject: "Su revisión vence pronto",
    letter: "Hola,\nsu revisión vence el 12 de mayo.\nPara darse de baja: BAJA.",
    attribution: "El lun, 4 may 2026 a las 9:00, Care (<care@example.com>) escribió:",
    outlookHead:
      "De: Care <care@example.com>\nEnviado: lunes, 4 de mayo de 2026 9:00\nPara: José Peña\nAsunto: Su revisión",
    telephone: "Enviado desde mi iPhone", outlookMobile: "Enviado desde Outlook para Android",
    automatic: [
      ("Respuesta automática: ", "Estoy fuera de la oficina hasta el 18 de mayo."),
      ("Fuera de la oficina: ", "Gracias por su mensaje. Le responderé a mi regreso."),
    ],
    optOuts: ["BAJA", "Darme de baja", "Cancelar suscripción"],
    texts: [
      "Gracias, el martes a las diez me va bien.", "¿Me pueden llamar esta tarde?",
      "La baja médica me impide ir, ¿puede ser en junio?",
      "Su último correo no se pudo entregar, según mi proveedor.",
      "Pagué el viernes.\n\nUn saludo,\nJosé", "¿Cuánto cuesta?", "Sí, por favor.", "No, gracias",
      "De acuerdo.",
      "Nos hemos mudado, la nueva dirección es calle Mayor 3.",
      "El viernes estoy de vacaciones, ¿el jueves?",
      "La matrícula no es correcta: 1234 ABC.", "Envíen la factura a cuentas@example.net.",
      "Más tarde.", "Hecho.",
      "No entiendo este aviso.\n¿De qué se trata?", "¡Perfecto, hasta pronto!",
    ])

  static let chinese = Language(
    code: "zh", name: "王小明", address: "wang@example.net", answer: "回复：", subject: "您的保养即将到期",
    letter: "您好，\n您的保养将于5月12日到期。\n退订请回复退订。",
    attribution: "在 2026年5月4日，上午9:00，Care <care@example.com> 写道：",
    outlookHead: "发件人： Care <care@example.com>\n发送时间： 2026年5月4日 9:00\n收件人： 王小明\n主题： 您的保养即将到期",
    telephone: "发自我的iPhone", outlookMobile: "从我的iPhone发送",
    automatic: [
      ("自动回复：", "您好，我正在休假，5月18日回来后给您回复。"), ("自动回复: ", "这是自动回复邮件，来信已收到，谢谢。"),
    ],
    optOuts: ["退订", "取消订阅", "拒收请回复R"],
    texts: [
      "好的，周二上午十点可以。", "请下午给我回个电话。", "我上次的邮件无法投递，再发一次：请续保。", "周五已经付款了，请再查一下。\n\n王小明",
      "多少钱？要多长时间？", "可以", "不用了，谢谢", "好", "我们搬家了，新地址稍后发给您。", "我周五不在，周四可以吗？", "车牌号不对，应该是京A12345。",
      "发票请寄到 caiwu@example.net 。", "六月再说吧", "已经做好了👍", "请退订我的旧手机号，邮箱保留。", "这是什么意思？我没有预约。", "谢谢提醒！",
    ])

  static let japanese = Language(
    code: "ja", name: "佐藤花子", address: "sato@example.net", answer: "Re: ", subject: "点検の期限が近づいています",
    letter: "佐藤様\n点検の期限は5月12日です。\n配信停止をご希望の場合は「配信停止」とご返信ください。",
    attribution: "2026年5月4日(月) 9:00 Care <care@example.com>:",
    outlookHead: "差出人: Care <care@example.com>\n送信日時: 2026年5月4日 9:00\n宛先: 佐藤花子\n件名: 点検の期限",
    telephone: "iPhoneから送信", outlookMobile: "Outlook for iOS を入手",
    automatic: [
      ("自動返信: ", "ただいま不在にしております。5月18日に戻ります。"), ("【不在のお知らせ】", "メールありがとうございます。休暇中のため返信が遅れます。"),
    ],
    optOuts: ["配信停止", "配信停止を希望します。", "配信解除"],
    texts: [
      "ありがとうございます。火曜日の10時でお願いします。", "午後に電話をいただけますか。", "前回のメールは届きませんでした。もう一度送ってください。",
      "金曜日に支払いました。\n\n佐藤", "費用はいくらですか。", "はい、お願いします。", "結構です", "了解です", "引っ越しました。新しい住所は後ほどお知らせします。",
      "金曜日は休みです。木曜日は可能ですか。", "ナンバーが違います。品川300あ1234です。", "請求書は keiri@example.net にお願いします。",
      "六月にお願いします",
      "済みました", "古いアドレスへの配信停止をお願いします。新しい方は続けてください。", "この案内の意味が分かりません。", "よろしくお願いいたします！",
    ])
}
