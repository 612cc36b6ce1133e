# %% [markdown] lang="ja" id="title"
# # 00　はじめに
#
# この講座では、Kerasのニューラルネットワークが**過学習**（overfitting、過剰適合、オーバーフィッティングとも）を起こすところを自分の目で見て、L2、L1、Elastic Net、ドロップアウトで治します。たいていのセルは数秒で終わるので、値を変えて何度でも試せます。シードを変えて繰り返した結果は、ところどころ数だけを書いています。そうした数も、リポジトリのテストが1つずつ測って確かめています。
#
# **このノートブックを終えると、次のことができます。**
#
# - 自分の環境で講座を動かし、必要なものがそろっているかを確かめる
# - 予想し、実行し、観察するという、この講座の流れに沿って学ぶ
# - 練習の答え合わせとクイズを使う
# - よく出るエラーの意味を読み取り、直す
#
# 時間の目安は20分です。必要なのは、Pythonの基本と、Kerasで`model.fit`を使ったことがあるという程度の経験です。
# %% [markdown] lang="en" id="title"
# # 00 Start here
#
# In this course you watch a Keras neural network fall into **overfitting**, and then cure it with L2, L1, Elastic Net and dropout. Most cells take seconds, so you can change a value and try again as often as you like. Some results, repeated over several seeds, are only reported in the text; each of them is measured by a test in the repository.
#
# **When you have finished this notebook, you can**
#
# - run the course on your own system, and check that nothing is missing
# - follow the course's routine: guess, run, look
# - use the checks of the exercises, and the quizzes
# - read common error messages and fix the cause
#
# Allow about 20 minutes. You need the basics of Python, and it helps to have called Keras' `model.fit` before.

# %% [markdown] lang="ja" id="where"
# ## どこで動かすか
#
# | 場所 | 始め方 |
# |---|---|
# | **JupyterLab** | ターミナルで`make lab`を実行すると、このページが開きます。セル（cell）を選び、Shift+Enterで実行します |
# | **VS Code** | フォルダーを開き、ノートブックの右上でカーネル（kernel）に`.venv`のPythonを選びます |
# | **Google Colab** | 下の最初のコードセルが準備をします。そのすぐ上にColab用の案内があれば、先にそのとおりにします（案内にあるwheelファイルは、先生から受け取るか、`make wheel`で作ります）。ファイルはColabの中では消えるので、残したいときは「ドライブにコピーを保存」を選びます |
# | **授業** | 1回の授業で1つのノートブックを進めます。練習の解答を実行済みにした教師用の版もあります |
#
# セルは上から順に実行してください。おかしくなったら、メニューでカーネルを再起動し、上から実行し直せば元に戻ります。何かを壊す心配はありません。
# %% [markdown] lang="en" id="where"
# ## Where to run it
#
# | where | how to begin |
# |---|---|
# | **JupyterLab** | run `make lab` in a terminal and this page opens. Select a cell and press Shift+Enter to run it |
# | **VS Code** | open the folder; at the top right of the notebook choose the Python in `.venv` as the kernel |
# | **Google Colab** | the first code cell below does the set-up. If there is a note on Colab right above it, do what it says first (you get the wheel file it speaks of from your teacher, or build it with `make wheel`). Files in Colab vanish when you leave, so choose “Save a copy in Drive” to keep your work |
# | **In class** | one notebook is one lesson. There is a teacher's edition with the solutions already run |
#
# Run the cells from top to bottom. If something goes wrong, restart the kernel from the menu and run them again from the top. There is nothing you can break.

# %% id="set-up" tags=["set-up"]

# %% [markdown] lang="ja" id="check-question"
# ## 準備を確かめる
#
# 次のセルは、必要なものがそろっているかを調べ、足りないものがあれば、どうすればよいかを教えてくれます。最初の1回は、Kerasを読み込むのに数秒かかります。
# %% [markdown] lang="en" id="check-question"
# ## Check that all is ready
#
# The next cell checks that everything is there. If something is missing, it says what to do. The first time takes a few seconds, because Keras is being loaded.

# %% id="environment-check"
from coursekit import environment

environment.check()

# %% [markdown] lang="ja" id="tour-question"
# ## 60秒で見る、この講座の中身
#
# 手書き数字の画像600枚を用意し、ラベルの40%を10個のクラスからでたらめに引き直しました。たまたま元と同じラベルを引くこともあるので、実際に間違っているのは36%ほどです。✗の付いたラベルが間違いです。
# %% [markdown] lang="en" id="tour-question"
# ## The course in 60 seconds
#
# Here are 600 images of handwritten digits. We have redrawn 40% of the labels, at random from the 10 classes. Some are right by luck, so about 36% of the labels are actually wrong: those marked ✗.

# %% id="tour-data"
from coursekit import data, models, plots, training
from coursekit.exercises import check, quiz

digits = data.digits(label_noise=0.4, seed=0)
plots.plot_digits(digits.train.x[:10], digits.train.y[:10], wrong=digits.wrong_labels[:10]);

# %% [markdown] lang="ja" id="tour-guess"
# このデータでネットワークを訓練し、そのあとで、**正しい**ラベルの付いた新しい画像を読ませます。
#
# **予想してみよう**　間違ったラベルまで混じった訓練データを、ネットワークはどのくらい「正解」できるでしょうか。64%、80%、それとも100%でしょうか。新しい画像ではどうでしょうか。
# %% [markdown] lang="en" id="tour-guess"
# We train a network on these data, and afterwards we let it read new images, whose labels are **correct**.
#
# **Make a guess.** How many of the training labels, wrong ones included, will the network get “right”: 64%, 80% or 100%? And how will it do on the new images?

# %% id="tour-overfit"
model = models.classifier(64, 10, units=(256, 256), seed=0)
untreated = training.fit(model, *digits.train, validation_data=digits.validation, epochs=120, progress=False)
untreated_accuracy = model.evaluate(*digits.test, verbose=0)[1]
plots.plot_accuracy_curves(untreated);

# %% [markdown] lang="ja" id="tour-seen" claims="00-learned-by-heart"
# 訓練データの正解率（accuracy、精度とも）は1.0になりました。間違ったラベルも全部、丸暗記したのです。けれども検証データの正解率は途中から下がっています。検証データのラベルにも36%ほど間違いがあるので、数字を完璧に読めても0.64ほどにしかなりません。その0.64からも、どんどん離れていくのです。丸暗記は新しい画像の役に立ちません。これが過学習です。
#
# 次に、同じネットワークに治療を加えます。訓練のあいだ、入力の20%と隠れ層の出力の50%を無作為に消す**ドロップアウト**（dropout）と、大きな重みに罰を与える**L2正則化**（regularization）です。ほかの条件は何も変えません。
# %% [markdown] lang="en" id="tour-seen" claims="00-learned-by-heart"
# Accuracy on the training data has reached 1.0: the network has learned all the wrong labels by heart. On the validation data, however, accuracy goes down after a while. About 36% of the validation labels are wrong too, so even a perfect reader would reach only about 0.64 there; but the network moves further and further away from that 0.64. What was learned by heart is of no use for new images. That is overfitting.
#
# Now we treat the same network. **Dropout** removes 20% of the inputs and 50% of the outputs of the hidden layers at random while training, and **L2 regularization** puts a penalty on large weights. Nothing else changes.

# %% id="tour-cure"
model = models.classifier(
    64, 10, units=(256, 256), dropout_rate=0.5, input_dropout_rate=0.2, l2=0.001, seed=0
)
cured = training.fit(model, *digits.train, validation_data=digits.validation, epochs=120, progress=False)
cured_accuracy = model.evaluate(*digits.test, verbose=0)[1]
plots.plot_accuracy_curves(cured);

# %% id="tour-result"
print(f"new images, untreated: {untreated_accuracy:.3f}")
print(f"new images, cured:     {cured_accuracy:.3f}")

# %% [markdown] lang="ja" id="tour-result-seen" claims="00-cured"
# 治療したネットワークは、間違ったラベルのほとんどを覚えませんでした。ラベルが間違っている訓練画像を読ませると、治療前のネットワークは、どの画像でもその間違ったラベルを答えます。治療後は、間違ったラベルを答えるのは5枚に1枚もなく、4枚に3枚以上で、だれにも教わっていない本当の数字を答えます。訓練データの正解率は1.0よりずっと低いままです。それなのに、新しい画像の正解率は大きく上がっています。シードを変えて繰り返すと、治療前は0.7ほど、治療後は0.92ほどでした。
#
# 治療後の図では、検証データの線が訓練データの線より上にあります。図の誤りではありません。訓練データの正解率はユニットを消しながら測り、検証データの正解率は何も消さずに測ります（何も消さずに測れば、訓練データの正解率も0.65ほどになります）。この実行では、検証データの正解率は、今度は0.6あたりにとどまっています。
#
# どうしてこうなるのか、ほかの治療とどちらがよく効くのか、いつ効かないのか。それを1つずつ確かめていくのが、この講座です。
# %% [markdown] lang="en" id="tour-result-seen" claims="00-cured"
# The cured network has hardly learned any of the wrong labels. Shown the training images whose label is wrong, the untreated network repeats the wrong label for every one of them. The cured one does so for fewer than one in five, and for more than three in four it names the true digit, which nobody told it. Its training accuracy stays far below 1.0. And yet its accuracy on new images has risen a great deal. Repeated with other seeds, it was about 0.7 before the treatment and about 0.92 after it.
#
# In the figure after the treatment, the line of the validation data lies above that of the training data. This is no mistake: training accuracy is measured while units are being dropped, validation accuracy with nothing dropped (measured that way, training accuracy is about 0.65, too). In this run, validation accuracy now stays near 0.6.
#
# Why does this work, how does it compare with other treatments, and when does it fail? This course finds out, one step at a time.

# %% [markdown] lang="ja" id="how"
# ## この講座の進み方
#
# 1. **予想してみよう**　先に自分の答えを決めます。外れてもかまいません。外れたときほどよく覚えます。
# 2. **実行する**　セルを実行します。
# 3. **観察する**　図の下に、何が見えるかを言葉と数で書いてあります。
# 4. **理由を考える**　まず直感で、それから式で説明します。
#
# 練習では、`answer = ...`の`...`を自分の答えに書き換えて実行し、すぐ下のセルを実行すると、答え合わせができます。何度でもやり直せます。ヒントと解答例は折りたたんであります。
# %% [markdown] lang="en" id="how"
# ## How the lessons go
#
# 1. **Make a guess.** Commit yourself first. It does not matter if you are wrong; what surprises us stays with us.
# 2. **Run** the cell.
# 3. **Look.** Below each figure you find in words and numbers what it shows.
# 4. **Ask why.** First the intuition, then the formula.
#
# In an exercise, replace the `...` of `answer = ...` with your answer and run the cell; the cell right below tells you whether it is right. Try as often as you like. Hints and solutions are folded away.

# %% [markdown] lang="ja" id="ex-count" tags=["exercise"]
# ### 練習1　はじめての答え合わせ
#
# `digits.wrong_labels`は、訓練データの1枚ごとに、ラベルが間違っていれば`True`、正しければ`False`を並べた配列です。間違ったラベルは何枚あるでしょうか。
#
# <details><summary>ヒント</summary>
#
# `True`は1として数えられます。配列の`sum()`を使ってみましょう。
#
# </details>
# %% [markdown] lang="en" id="ex-count" tags=["exercise"]
# ### Exercise 1: your first check
#
# `digits.wrong_labels` is an array with one entry per training image: `True` where the label is wrong, `False` where it is right. How many labels are wrong?
#
# <details><summary>Hint</summary>
#
# `True` counts as 1. Try the array's `sum()`.
#
# </details>

# %% id="ex-count-answer" tags=["exercise"]
answer = ...

# %% id="ex-count-solution" tags=["solution"]
answer = digits.wrong_labels.sum()

# %% id="ex-count-check" tags=["check"]
check("00-count", answer, digits)

# %% [markdown] lang="ja" id="ex-trust" tags=["exercise"]
# ### 練習2　どちらを信頼するか
#
# 郵便番号を読み取る仕事に、次のどちらかのネットワークを使います。手元の訓練データのラベルには、同じように間違いが混じっています。`answer = "a"`のように答えてください。
#
# - **a**：訓練データの正解率が1.00で、新しい画像の正解率が0.70
# - **b**：訓練データの正解率が0.65で、新しい画像の正解率が0.90
# %% [markdown] lang="en" id="ex-trust" tags=["exercise"]
# ### Exercise 2: which one would you trust?
#
# One of these two networks is to read postal codes. As above, some of the training labels are wrong. Answer in the form `answer = "a"`.
#
# - **a**: accuracy is 1.00 on the training data and 0.70 on new images
# - **b**: accuracy is 0.65 on the training data and 0.90 on new images

# %% id="ex-trust-answer" tags=["exercise"]
answer = ...

# %% id="ex-trust-solution" tags=["solution"]
answer = "b"

# %% id="ex-trust-check" tags=["check"]
check("00-trust", answer)

# %% [markdown] lang="ja" id="ex-rate" tags=["exercise"]
# ### 練習3　消えるユニットの数
#
# 256個のユニットがある層の出力に、`Dropout(0.3)`をかけます。訓練中の1回の計算で、消えるユニットは平均して何個でしょうか。
#
# <details><summary>ヒント</summary>
#
# 数字は、残す割合ではなく**消す**割合です。
#
# </details>
# %% [markdown] lang="en" id="ex-rate" tags=["exercise"]
# ### Exercise 3: how many units disappear
#
# `Dropout(0.3)` is applied to the outputs of a layer with 256 units. In one training step, how many units does it drop on average?
#
# <details><summary>Hint</summary>
#
# The number is the fraction that is **dropped**, not the one that is kept.
#
# </details>

# %% id="ex-rate-answer" tags=["exercise"]
answer = ...

# %% id="ex-rate-solution" tags=["solution"]
answer = 0.3 * 256

# %% id="ex-rate-check" tags=["check"]
check("00-rate", answer)

# %% [markdown] lang="ja" id="errors" tags=["terms-ok"]
# ## よく出るエラー
#
# エラーは失敗ではなく、Pythonからの手紙です。**いちばん下の行**から読みましょう。
#
# | メッセージ | 意味 | 直し方 |
# |---|---|---|
# | `SyntaxError: invalid character '１' (U+FF11)` | 全角の数字がある | 半角の`1`で打ち直す |
# | `SyntaxError: invalid character '（' (U+FF08)` | 全角のかっこがある。`＝`や`，`や`：`も同じ | 半角の`(`で打ち直す |
# | `SyntaxError: invalid non-printable character U+3000` | 全角の空白がある | その空白を消し、半角の空白を入れる |
# | `SyntaxError: invalid character '－' (U+FF0D)` | 全角のマイナスがある | 半角の`-`で打ち直す |
# | `NameError: name 'ー1' is not defined` | マイナスのつもりで長音の「ー」を打った | 半角の`-`で打ち直す |
# | `NameError: name 'digits' is not defined` | カーネルを再起動したあと、上のセルを実行していない | 上から順に実行し直す |
# | `ModuleNotFoundError: No module named 'coursekit'` | 講座のパッケージが入っていない | 最初のコードセルを実行する。JupyterLabなら`make lab`で開き直す |
# | `IndentationError: unexpected indent` | 行の先頭に余分な空白がある | 行の先頭の空白を消す |
#
# 日本語を打ったあとは、入力を半角に切り替えてからコードを書くと、上の5つは起こりません。なお、`answer = "１２"`のように引用符の中に全角の数字を書いた場合は、答え合わせが読み取ってくれます。
# %% [markdown] lang="en" id="errors" tags=["terms-ok"]
# ## Frequent errors
#
# An error is not a failure but a letter from Python. Read it from the **last line** upwards.
#
# | message | what it means | what to do |
# |---|---|---|
# | `SyntaxError: invalid character '１' (U+FF11)` | there is a full-width digit, from a Japanese keyboard | type a plain `1` |
# | `SyntaxError: invalid character '（' (U+FF08)` | there is a full-width bracket; the same goes for `＝`, `，` and `：` | type a plain `(` |
# | `SyntaxError: invalid non-printable character U+3000` | there is a full-width space | delete it and type a plain space |
# | `SyntaxError: invalid character '－' (U+FF0D)` | there is a full-width minus | type a plain `-` |
# | `NameError: name 'ー1' is not defined` | the long vowel mark was typed for a minus | type a plain `-` |
# | `NameError: name 'digits' is not defined` | the kernel was restarted and the cells above have not been run | run them again from the top |
# | `ModuleNotFoundError: No module named 'coursekit'` | the course's package is not installed | run the first code cell; in JupyterLab, open the course with `make lab` |
# | `IndentationError: unexpected indent` | there is a stray space at the beginning of a line | delete it |
#
# If you write Japanese, switch to half-width input before you type code, and the first five will not happen. Full-width digits inside quotation marks, as in `answer = "１２"`, are understood by the checks.

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("00")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - セルは上から順に実行します。困ったらカーネルを再起動し、上から実行し直します。
# - 大きなネットワークは、間違ったラベルまで丸暗記します。ドロップアウトとL2正則化を加えると、新しい画像の正解率が上がりました。
# - 予想し、実行し、観察し、理由を考える。この順で進みます。
#
# | 課 | 内容 |
# |---|---|
# | [01　過学習とは何か](01_overfitting.ipynb) | 過学習を起こし、見て、測る |
# | [02　過学習の原因と対策](02_causes_and_remedies.ipynb) | 原因を調べ、対策を測る |
# | [03　L2正則化](03_l2.ipynb) | 重みを小さくする |
# | [04　L1正則化](04_l1.ipynb) | 重みを0にする |
# | [05　Elastic Net](05_elastic_net.ipynb) | L1とL2を合わせる |
# | [06　ドロップアウト](06_dropout.ipynb) | ユニットを無作為に消す |
# | [07　対策の選び方](07_choosing.ipynb) | 同じ条件で比べて選ぶ |
# | [08　総合演習](08_capstone.ipynb) | 本物のデータで最初から最後まで |
# | [09　Kerasリファレンス](09_keras_reference.ipynb) | 引いて使うページと用語集 |
# | [10　いまの実践](10_practice_today.ipynb) | いまよく使われる方法を測る |
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[開発者向けガイド](https://keras.io/guides/)、[層の一覧](https://keras.io/api/layers/)
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017). Understanding deep learning requires rethinking generalization. ICLR. [arXiv:1611.03530](https://arxiv.org/abs/1611.03530)
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014). Dropout: a simple way to prevent neural networks from overfitting. Journal of Machine Learning Research 15, 1929–1958.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - Run the cells from top to bottom. When in doubt, restart the kernel and run them again.
# - A large network learns even wrong labels by heart. With dropout and L2 regularization, its accuracy on new images rose.
# - Guess, run, look, ask why: that is how every lesson goes.
#
# | lesson | what it is about |
# |---|---|
# | [01 What overfitting is](01_overfitting.ipynb) | bringing overfitting about, seeing it, measuring it |
# | [02 Causes and remedies](02_causes_and_remedies.ipynb) | looking for causes, measuring remedies |
# | [03 L2 regularization](03_l2.ipynb) | making weights small |
# | [04 L1 regularization](04_l1.ipynb) | making weights zero |
# | [05 Elastic Net](05_elastic_net.ipynb) | L1 and L2 together |
# | [06 Dropout](06_dropout.ipynb) | dropping units at random |
# | [07 Choosing between remedies](07_choosing.ipynb) | comparing under the same conditions |
# | [08 Capstone](08_capstone.ipynb) | real data, from beginning to end |
# | [09 Keras reference](09_keras_reference.ipynb) | a page to look things up, and the glossary |
# | [10 Practice today](10_practice_today.ipynb) | measuring methods that are common today |
#
# ## Read more
#
# - On Keras' pages: [developer guides](https://keras.io/guides/), [list of layers](https://keras.io/api/layers/)
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017). Understanding deep learning requires rethinking generalization. ICLR. [arXiv:1611.03530](https://arxiv.org/abs/1611.03530)
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov (2014). Dropout: a simple way to prevent neural networks from overfitting. Journal of Machine Learning Research 15, 1929–1958.
