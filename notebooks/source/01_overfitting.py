# %% [markdown] lang="ja" id="title"
# # 01　過学習とは何か
#
# 手元のデータでは満点なのに、新しいデータでは間違える。ニューラルネットワークを訓練すると、ほとんどの人が一度はこの壁にぶつかります。この現象が**過学習**（overfitting、過剰適合、オーバーフィッティングとも）です。この課では、過学習を自分の手で起こし、目で見て、数で測ります。治し方は次の課からです。
#
# **このノートブックを終えると、次のことができます。**
#
# - 過学習とは何かを、自分の言葉で説明する
# - 損失曲線を見て、過学習がいつ始まったかを読み取る
# - 過学習と、よく似ているが別のもの（学習不足、分布のずれ）を区別する
# - 訓練データ、検証データ、テストデータの3つに分ける理由を説明する
#
# 時間の目安は45分です。
# %% [markdown] lang="en" id="title"
# # 01 What overfitting is
#
# A perfect score on the data you have, mistakes on data you have not seen: almost everybody who trains neural networks runs into this wall sooner or later. It is called **overfitting**. In this lesson you bring it about yourself, watch it happen and measure it. The cures come in the lessons that follow.
#
# **When you have finished this notebook, you can**
#
# - say in your own words what overfitting is
# - read from a loss curve when overfitting set in
# - tell overfitting from what merely resembles it (underfitting, distribution shift)
# - explain why we split data into three parts: training, validation and test data
#
# Allow about 45 minutes.

# %% id="set-up" tags=["set-up"]

# %% id="imports"
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from coursekit import data, interactive, models, plots, training
from coursekit.exercises import check, quiz
from coursekit.language import text

# %% [markdown] lang="ja" id="story"
# ## 顔を覚える、という話
#
# クラス替えの日、先生が集合写真を渡されて、全員の名前を覚えようとしています。急いでいた先生は、顔ではなく目立つものを手がかりにしました。「赤いマフラーの人がAさん」「左端に立っているのがBさん」。写真を見ながらなら、先生は全員の名前を間違えずに言えます。満点です。
#
# ところが、同じ日に撮った別の写真では当たりません。Aさんはマフラーを外し、Bさんは真ん中に立っています。先生が覚えたのは人の顔ではなく、**その1枚にたまたま写っていたこと**でした。これが過学習です。
#
# よくある誤解に注意しましょう。10年後に会ったAさんが分からなかったとしても、それは過学習ではありません。Aさんの顔のほうが変わったのです。学んだときと使うときとでデータそのものが変わることは**分布のずれ**（distribution shift）といい、原因も対策も過学習とは別です。両者の違いは、この課の後半で実験して確かめます。
#
# この課の問いは1つです。**モデルが学んだのが「顔」なのか「マフラー」なのかを、どうすれば見分けられるでしょうか。**
# %% [markdown] lang="en" id="story"
# ## A story about remembering faces
#
# It is the first day of the school year. A teacher is handed a class photograph and sets out to learn every name. In a hurry, she goes by whatever catches the eye: “A is the one with the red scarf”, “B stands on the far left”. With the photograph in her hand she names everybody without a mistake. A perfect score.
#
# Then she is shown another photograph of the same day, and it all falls apart. A has taken off the scarf, B stands in the middle. What she had learned was not the faces but **what happened to be in that one photograph**. That is overfitting.
#
# Beware of a common misunderstanding. If she fails to recognize A ten years later, that is not overfitting: the face itself has changed. When the data differ between the time of learning and the time of use, we speak of **distribution shift**. It has other causes and other remedies, and later in this lesson you will tell the two apart in an experiment.
#
# This lesson has one question: **how can we tell whether a model has learned the face or the scarf?**

# %% [markdown] lang="ja" id="curve-question"
# ## 実験1　小さいネットワークと大きいネットワーク
#
# いちばん小さな問題から始めます。なめらかな曲線の上の20個の点に、測定誤差に当たる**ノイズ**（noise）を加えました。ネットワークに見せるのはこの20点だけです。元の曲線は見せません。
# %% [markdown] lang="en" id="curve-question"
# ## Experiment 1: a small network and a large one
#
# We start with the smallest problem there is: 20 points on a smooth curve, each moved up or down by some **noise**, as a measurement would be. The networks see these 20 points and nothing else. The curve behind them stays hidden.

# %% id="curve-data"
curve = data.noisy_curve(n_train=20, noise=0.3, seed=0)
grid = np.linspace(-1, 1, 201)[:, None]
truth = data.true_curve(grid)
plots.plot_curve_fit(*curve.train, grid, truth=truth);

# %% [markdown] lang="ja" id="curve-data-seen"
# 青い点が訓練データ、灰色の破線が真の曲線$y = \sin(\pi x)$です。点は曲線の上下に散らばっています。ノイズの標準偏差は0.3です。
#
# この20点を、大きさの違う2つのネットワークに学ばせます。
#
# - 小さいネットワーク：隠れ層（hidden layer、中間層とも）が1つ、ユニット（unit、ニューロン、ノードとも）が8個
# - 大きいネットワーク：隠れ層が3つ、ユニットが128個ずつ
#
# **予想してみよう**　訓練データの20点に近いのはどちらでしょうか。また、灰色の曲線に近いのはどちらでしょうか。先に答えを決めてから、次のセルを実行してください。
# %% [markdown] lang="en" id="curve-data-seen"
# The blue points are the training data, the dashed gray line is the true curve $y = \sin(\pi x)$. The points scatter around it; the standard deviation of the noise is 0.3.
#
# Two networks of different size are going to learn these 20 points:
#
# - a small one: 1 hidden layer with 8 units
# - a large one: 3 hidden layers with 128 units each
#
# **Make a guess.** Which of the two comes closer to the 20 training points? And which comes closer to the gray curve? Commit yourself before you run the next cell.

# %% id="curve-fit"
def train_on_curve(units, seed=0):
    model = models.regressor(1, units=units, activation="tanh", learning_rate=0.005, seed=seed)
    training.fit(model, *curve.train, epochs=2000, batch_size=20, seed=seed, progress=False)
    return model


small, large = train_on_curve(8), train_on_curve((128, 128, 128))
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained", sharey=True)
for model, ax in [(small, axes[0]), (large, axes[1])]:
    predicted = model.predict(grid, verbose=0)
    plots.plot_curve_fit(*curve.train, grid, predicted, truth, ax=ax)
    ax.set_title(text("parameters", count=f"{model.count_params():,}"))

# %% id="curve-errors"
for name, model in [("small", small), ("large", large)]:
    train_error = model.evaluate(*curve.train, verbose=0)
    true_error = model.evaluate(*curve.test, verbose=0)
    print(f"{name}: squared error on the training points {train_error:.3f}, from the true curve {true_error:.3f}")

# %% [markdown] lang="ja" id="curve-seen" claims="01-large-network-leaves-the-curve"
# 左の小さいネットワークは、点のあいだをなめらかに通り、灰色の真の曲線の近くにいます。右の大きいネットワークは、点を追いかけて曲がりくねっています。点に近いのは大きいほう、真の曲線に近いのは小さいほうです。
#
# 数で見ても同じです。どちらの数も**平均二乗誤差**（mean squared error）です。訓練データとの誤差は大きいネットワークのほうが小さく、真の曲線との誤差は大きいネットワークのほうが大きくなっています。データの乱数シード（random seed）と初期の重みを変えて何度も繰り返すと、10回に9回以上は、真の曲線との誤差も大きいネットワークのほうが大きく、その平均は小さいネットワークの2倍を超えました。ノイズのない点で同じことをすると、そうはなりません。
#
# 大きいネットワークは、曲線だけでなく**ノイズまで覚えた**のです。ノイズはその20点にたまたま加わったもので、次に測るときには別の値になります。先生の話でいえば、ノイズがマフラーです。
#
# 言葉にしておきましょう。
#
# > **過学習**とは、モデルが訓練データにたまたま含まれる特徴まで覚えてしまい、同じ成り立ちの新しいデータでの成績が悪くなることです。
#
# 反対に、新しいデータでもうまくいくことを**汎化**（generalization）といいます。
# %% [markdown] lang="en" id="curve-seen" claims="01-large-network-leaves-the-curve"
# On the left, the small network runs smoothly between the points and stays near the true gray curve. On the right, the large network bends and twists to chase the points. The large one is closer to the points, the small one is closer to the truth.
#
# The numbers agree. Both are a **mean squared error**. The error on the training points is smaller for the large network, the error from the true curve is larger. We repeated this many times with other data and other initial weights, that is, with another random seed each time. At least 9 times in 10 the large network had the larger error from the true curve; on average that error was more than twice that of the small network. With points that carry no noise, this does not happen.
#
# The large network learned not just the curve but **the noise as well**. The noise is what happened to be added to those 20 points; measure again and it will be different. In the story of the teacher, the noise is the scarf.
#
# Let us put it into words.
#
# > **Overfitting** means that a model has also learned what merely happens to be in its training data, and therefore does worse on new data of the same origin.
#
# Its opposite, doing well on new data too, is called **generalization**.

# %% [markdown] lang="ja" id="explorer"
# ### 自分の手で：幅を変えてみる
#
# 次のスライダーで、隠れ層のユニット数を変えられます。動かすたびに、本物のKerasのネットワークがその場で訓練されます。曲線が点を追いかけ始めるのは、どのあたりからでしょうか。ノートブックを実行せずに読んでいる人は、上の図を、小さい場合と大きい場合の例として見てください。
# %% [markdown] lang="en" id="explorer"
# ### Hands on: change the width
#
# With the slider below you choose how many units the hidden layers have. Each time you move it, a real Keras network is trained on the spot. From which width on does the curve begin to chase the points? If you are reading without running the notebook, take the figure above as examples of a small and a large network.

# %% id="explorer-run"
interactive.explore_width(curve)

# %% [markdown] lang="ja" id="digits-question"
# ## 実験2　訓練を続けると何が起こるか
#
# 次は本物のデータです。[00](00_start_here.ipynb)の「60秒」で見た実験を、今度はじっくり調べます。使うのは、scikit-learnに付属する手書き数字の画像です。大きさは8×8画素、クラスは0から9までの10個です。訓練データの600枚のうち40%は、ラベルを10クラスからでたらめに引き直しました。たまたま元と同じラベルを引くこともあるので、実際に間違っているのは36%ほどです。こうした誤りを**ラベルノイズ**（label noise）といい、現実のデータにもよく混じっています。検証データの200枚にも同じ割合でラベルノイズがあります。テストデータのラベルはすべて正しいままです。
# %% [markdown] lang="en" id="digits-question"
# ## Experiment 2: what happens if training goes on
#
# Now for real data. We take a closer look at the 60-second experiment of [00](00_start_here.ipynb). The data are the handwritten digits that come with scikit-learn, images of 8×8 pixels in 10 classes, 0 to 9. We have redrawn the labels of 40% of the 600 training images, at random from the 10 classes. Some of these are right by luck, so about 36% of the labels are actually wrong. Such errors are called **label noise**, and real data often contain some. The 200 validation images have the same share of label noise. The test labels are all correct.

# %% id="digits-data"
digits = data.digits(label_noise=0.4, seed=0)
plots.plot_digits(digits.train.x[:20], digits.train.y[:20], wrong=digits.wrong_labels[:20]);

# %% [markdown] lang="ja" id="digits-labels"
# ✗の付いた橙色のラベルが間違いです。ネットワークには、どれが間違いかは知らされません。
#
# どのラベルが間違っているかで、正解率（accuracy、精度とも）の意味が変わります。これからの課でも、ラベルの40%を引き直したデータではこの表のとおりです。
#
# | | ラベル | 正解率の意味 |
# |---|---|---|
# | **訓練データ** | 36%ほどが間違い | 間違ったラベルも含めて、ラベルと一致した割合。丸暗記すれば1.0になる |
# | **検証データ** | 36%ほどが間違い | 同じく、ラベルと一致した割合。数字を完璧に読めても0.64ほど |
# | **テストデータ** | すべて正しい | 数字を正しく読めた割合 |
#
# 物差しが違うので、テストデータの正解率の高さを、訓練データや検証データの正解率と直接比べることはできません。
# %% [markdown] lang="en" id="digits-labels"
# The orange labels with a ✗ are wrong. Nobody tells the network which ones they are.
#
# What an accuracy means depends on which labels are wrong. In later lessons, too, this table holds wherever 40% of the labels have been redrawn.
#
# | | labels | what the accuracy means |
# |---|---|---|
# | **training data** | about 36% wrong | how often the model agrees with the labels, wrong ones included; 1.0 if all are learned by heart |
# | **validation data** | about 36% wrong | agreement with the labels, again; about 0.64 for a perfect reader of digits |
# | **test data** | all correct | how many digits are read correctly |
#
# The yardsticks differ. So you cannot compare the height of the test accuracy directly with that of the training or validation accuracy.

# %% [markdown] lang="ja" id="digits-model"
# 隠れ層が2つのネットワークを、120エポック（epoch）訓練します。1エポックとは、訓練データ全体を1回使うことです。`training.fit`はKerasの`model.fit`と同じ計算をずっと速く行い、結果を表にして返します。エポックが終わるたびに、ラベルの間違った訓練画像に何と答えるかも、コールバック`listen`で書き留めておきます。
#
# **予想してみよう**　120エポック訓練したあと、訓練データの損失（loss）はどうなっているでしょうか。検証データの損失はどうでしょうか。2本の曲線を紙に描いてから実行してください。
# %% [markdown] lang="en" id="digits-model"
# We train a network with 2 hidden layers for 120 epochs; an epoch is one pass through all training data. `training.fit` does the same computation as Keras' `model.fit`, only much faster, and returns the results as a table. The callback `listen` notes, after every epoch, what the network says of the training images whose label is wrong.
#
# **Make a guess.** What will the loss on the training data look like over 120 epochs? And the loss on the validation data? Sketch the two curves on paper before you run the cell.

# %% id="digits-fit"
keras.utils.set_random_seed(0)
model = keras.Sequential([
    keras.Input((64,)),
    keras.layers.Dense(256, activation="relu"),
    keras.layers.Dense(256, activation="relu"),
    keras.layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])

# %% id="digits-history"
wrong, said = digits.wrong_labels, []
listen = keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: said.append(np.argmax(model(digits.train.x[wrong]), axis=1))
)
history = training.fit(
    model, *digits.train, validation_data=digits.validation, epochs=120, callbacks=[listen], progress=False
)
plots.plot_loss_curves(history);

# %% id="digits-accuracy"
plots.plot_accuracy_curves(history);

# %% id="digits-test"
test_loss, test_accuracy = model.evaluate(*digits.test, verbose=0)
print(f"accuracy on the training data: {history.table['accuracy'].iloc[-1]:.3f}")
print(f"accuracy on the test data:     {test_accuracy:.3f}")

# %% id="digits-said"
plots.plot_memorizing(said, digits.train.y[wrong], digits.true_labels[wrong]);

# %% [markdown] lang="ja" id="digits-seen" claims="01-wrong-labels-are-learned-by-heart 01-validation-loss-turns-up 01-true-digit-first"
# 上の図を言葉にします。縦軸の**データ損失**（data loss）は、予測と目的変数（ここではラベル）との隔たりです。この課では損失そのものと同じです。2つの違いは[03](03_l2.ipynb)で分かります。
#
# - **訓練損失**（青い実線）は下がり続け、ほぼ0になります。訓練データの正解率は1.000です。間違ったラベルも1つ残らず「正解」しています。覚えるしかないものまで、覚えてしまったのです。
# - **検証損失**（橙色の破線）は、はじめの数エポックは下がり、それから上がり続けます。曲がり角が、過学習の始まりです。
# - 正しいラベルのテストデータでの正解率は、この実行では0.64ほど、シードを変えた平均でも0.7ほどしかありません。訓練データで満点のネットワークが、新しい数字の3枚に1枚ほどを読み間違えます。
#
# 最後の図は、ラベルが間違っている訓練画像だけについて、何と答えたかをエポックごとに数えたものです。この実行では6エポック目に、91%の画像で、だれも教えていない**本当の数字**を答えました。教えられた間違ったラベルを答えたのは3%です。ところが30エポック目を過ぎたあたりで逆転し、最後には、どの画像でも間違ったラベルを答えます。シードを変えても、はじめの15エポックのうちに8割を超える画像で本当の数字を答え、30エポック目の前後で逆転し、最後にはすべて間違ったラベルになりました。たくさんの画像に共通する「顔」が先に学ばれ、1枚1枚の間違い、つまり「マフラー」は、あとから覚えられるのです。ラベルを全部でたらめにすると、本当の数字が先に来ることはありません。
#
# この課の問いへの答えが見えてきました。訓練データだけを見ていても、顔とマフラーは区別できません。**訓練に使わなかったデータを取っておき、そこでの成績を見ればよい**のです。
# %% [markdown] lang="en" id="digits-seen" claims="01-wrong-labels-are-learned-by-heart 01-validation-loss-turns-up 01-true-digit-first"
# Here is what the figures show. The **data loss** on the vertical axis is the distance between the predictions and the targets (here, the labels). In this lesson it is the loss itself; how the two can differ is a matter for lesson [03](03_l2.ipynb).
#
# - The **training loss** (solid blue) keeps falling until it is almost 0. Accuracy on the training data is 1.000: the network gives the “right” answer even for every single wrong label. It learned what could only be learned by heart.
# - The **validation loss** (dashed orange) falls during the first few epochs and then rises and rises. The turning point is where overfitting sets in.
# - On test data with correct labels the accuracy is only about 0.64 in this run, and about 0.7 as a mean over other seeds. A network with a perfect score on its training data misreads about one new digit in three.
#
# The last figure counts, epoch by epoch, what the network said of the training images whose label is wrong. In this run, at epoch 6, it named the **true digit**, which nobody had told it, for 91% of them, and the wrong label it had been taught for 3%. A little after epoch 30 the two change places, and in the end it gives every image its wrong label. With other seeds it was the same: within the first 15 epochs the true digit for more than eight in ten, the two changing places around epoch 30, and nothing but wrong labels in the end. What many images have in common, the “face”, is learned first; the mistakes of single images, the “scarf”, are memorized later. If all labels are drawn by lot, the true digit never comes first.
#
# An answer to our question comes into view. From the training data alone, nobody can tell the face from the scarf. **Set some data aside, do not train on them, and look at the results there.**

# %% [markdown] lang="ja" id="ex-best-epoch" tags=["exercise"]
# ### 練習1　曲がり角を探す
#
# `history.table`は、1行が1エポックの表です。検証データの損失は列`val_data_loss`にあります。検証損失がいちばん小さいのは何エポック目でしょうか。表から求めて`answer`に入れてください。
#
# <details><summary>ヒント</summary>
#
# `history.table["val_data_loss"].idxmin()`は、最小値のある行の番号を返します。行の番号は0から始まりますが、エポックは1から始まります。列`epoch`を使えば間違えません。
#
# </details>
# %% [markdown] lang="en" id="ex-best-epoch" tags=["exercise"]
# ### Exercise 1: find the turning point
#
# `history.table` has one row per epoch. The loss on the validation data is in the column `val_data_loss`. In which epoch is the validation loss lowest? Find it in the table and put it into `answer`.
#
# <details><summary>Hint</summary>
#
# `history.table["val_data_loss"].idxmin()` gives the number of the row that holds the minimum. Rows count from 0, epochs from 1. With the column `epoch` you are on the safe side.
#
# </details>

# %% id="ex-best-epoch-answer" tags=["exercise"]
answer = ...

# %% id="ex-best-epoch-solution" tags=["solution"]
table = history.table
answer = table.loc[table["val_data_loss"].idxmin(), "epoch"]

# %% id="ex-best-epoch-check" tags=["check"]
check("01-best-epoch", answer, history)

# %% [markdown] lang="ja" id="ex-gap" tags=["exercise"]
# ### 練習2　差を測る
#
# 過学習の程度は、訓練データと検証データの成績の差で測れます。最後のエポックでの、訓練データの正解率（列`accuracy`）から検証データの正解率（列`val_accuracy`）を引いた値を求めてください。
#
# <details><summary>ヒント</summary>
#
# 最後の行は`history.table.iloc[-1]`です。
#
# </details>
# %% [markdown] lang="en" id="ex-gap" tags=["exercise"]
# ### Exercise 2: measure the gap
#
# How far overfitting has gone can be measured by the gap between training and validation data. For the last epoch, subtract the accuracy on the validation data (column `val_accuracy`) from the accuracy on the training data (column `accuracy`).
#
# <details><summary>Hint</summary>
#
# The last row is `history.table.iloc[-1]`.
#
# </details>

# %% id="ex-gap-answer" tags=["exercise"]
answer = ...

# %% id="ex-gap-solution" tags=["solution"]
last = history.table.iloc[-1]
answer = last["accuracy"] - last["val_accuracy"]

# %% id="ex-gap-check" tags=["check"]
check("01-gap", answer, history)

# %% [markdown] lang="ja" id="ex-gap-note"
# この差はとても大きく見えますが、全部が過学習のせいではありません。実験2のはじめの表のとおり、数字を完璧に読めるモデルでも、検証データの正解率は0.64ほどにしかならないのです。自分のデータでも、ラベルがどのくらい正しいかを一度は考えてみてください。
# %% [markdown] lang="en" id="ex-gap-note"
# The gap looks enormous, but not all of it is overfitting. As the table at the beginning of experiment 2 says, even a model that reads every digit perfectly would reach an accuracy of only about 0.64 on the validation data. With your own data, too, take a moment to ask how correct the labels are.

# %% [markdown] lang="ja" id="random-question"
# ## 実験3　意味のまったくないラベル
#
# 極端な場合を試しましょう。600枚すべてのラベルを、画像と無関係に引き直します。学ぶべき「顔」はどこにもありません。
#
# **予想してみよう**　このデータで、訓練データの正解率はどこまで上がるでしょうか。0.1（当てずっぽう）、0.5、それとも1.0でしょうか。
# %% [markdown] lang="en" id="random-question"
# ## Experiment 3: labels without any meaning
#
# Let us go to the extreme and redraw all 600 labels, whatever the image shows. There is no “face” left to learn.
#
# **Make a guess.** How high will the accuracy on these training data climb: 0.1 (guessing), 0.5 or 1.0?

# %% id="random-fit"
random_labels = data.digits(label_noise=1.0, seed=0)
model = models.classifier(64, 10, units=(256, 256), seed=0)
random_history = training.fit(
    model, *random_labels.train, validation_data=random_labels.validation, epochs=200, progress=False
)
plots.plot_accuracy_curves(random_history);

# %% [markdown] lang="ja" id="random-seen" claims="01-random-labels-are-memorized"
# 訓練データの正解率は1.0に達します。検証データでは当てずっぽうと同じ0.1のあたりを動くだけです。Zhangら（2017）は、大きな画像認識ネットワークでも同じことが起こると示し、研究者たちを驚かせました。
#
# **訓練データで満点を取ったことは、何かを理解した証拠にはなりません。** ネットワークには、600枚の画像とラベルの対応を丸ごと覚えるだけの余裕があります。
# %% [markdown] lang="en" id="random-seen" claims="01-random-labels-are-memorized"
# Accuracy on the training data reaches 1.0. On the validation data it hovers around 0.1, no better than guessing. Zhang et al. (2017) showed that the same happens with large image-recognition networks, to the surprise of many researchers.
#
# **A perfect score on the training data is no evidence that anything has been understood.** The network has room enough to store all 600 pairs of image and label.

# %% [markdown] lang="ja" id="not-overfitting-question"
# ## 実験4　過学習ではないもの
#
# 10年後のAさんの話を覚えていますか。データのほうが変わってしまう「分布のずれ」です。正しいラベルで訓練したネットワークに、すべての画像を右へ1画素ずらして見せてみます（`np.roll`を使うので、はみ出した右端の列は左端に回り込みます）。1画素は、画像の幅の8分の1に当たります。次の図の上の段が元の画像、下の段がずらした画像です。
#
# 同じことを、正しいラベルの画像600枚で訓練したネットワークと、60枚だけで訓練したネットワークで試します。
#
# **予想してみよう**　訓練に使った画像をずらしたものと、テスト画像をずらしたもの。正解率が下がるのはどちらでしょうか。
# %% [markdown] lang="en" id="not-overfitting-question"
# ## Experiment 4: what is not overfitting
#
# Remember A, ten years on: the data themselves have changed, which we called distribution shift. We train a network with correct labels and then show it all images moved to the right by 1 pixel. (`np.roll` does this; the column pushed out on the right comes back in on the left.) One pixel is an eighth of the width of an image. In the next figure, the upper row shows images as they are and the lower row the same images moved.
#
# We do this with a network trained on 600 images and with one trained on only 60, all of them with correct labels.
#
# **Make a guess.** Move the images it was trained on, or move the test images: in which case does the accuracy fall?

# %% id="shift-figure"
def shifted(x):
    return np.roll(x.reshape(-1, 8, 8), 1, axis=2).reshape(-1, 64)


clean = data.digits(seed=0)
images, labels = clean.test.x[:8], clean.test.y[:8]
plots.plot_digits(np.concatenate([images, shifted(images)]), np.tile(labels, 2), columns=8);

# %% id="shift-run"
def shift_scores(n_train):
    clean = data.digits(n_train=n_train, seed=0)
    model = models.classifier(64, 10, units=(256, 256), seed=0)
    training.fit(model, *clean.train, epochs=60, progress=False)
    scores = {}
    for key, part in [("training_images", clean.train), ("new_images", clean.test)]:
        moved = shifted(part.x), part.y
        scores[text(key)] = training.evaluate(model, *part)["accuracy"]
        scores[text("images_moved", name=text(key))] = training.evaluate(model, *moved)["accuracy"]
    return scores


pd.DataFrame({text("many_images"): shift_scores(600), text("few_images"): shift_scores(60)}).round(2)

# %% [markdown] lang="ja" id="shift-seen" claims="01-shift-hurts-training-images-too"
# この実行では、600枚で訓練したネットワークは、**ずらしていない**新しい画像を0.96の正解率で読みます。訓練した画像の1.00に近いので、過学習はほとんどしていません。それでも、ずらすと、正解率は訓練した画像でも新しい画像でも0.45ほどに落ちます（シードを変えても、どちらも半分前後でした）。
#
# 訓練に使った画像でも下がることは、決め手にはなりません。60枚で訓練したネットワークは、新しい画像では0.80で（シードを変えても、600枚の場合より0.05以上低くなりました）、はっきり過学習しています。このネットワークも、ずらした訓練画像は読めません。2つを分けるのは、**ずらしていない新しい画像での正解率**です。それが高いのに、ずらすと下がるのなら、過学習ではなく分布のずれです。1画素のずれは、ネットワークが一度も学ばなかった変化です。どれだけ上手に汎化できるモデルでも、学んだデータと違う成り立ちのデータには弱いのです。
#
# 似たものを表にまとめます。
#
# | | 訓練データ | 同じ成り立ちの新しいデータ | 成り立ちの違うデータ |
# |---|---|---|---|
# | うまく汎化したモデル | よい | よい | 悪いことがある |
# | **過学習** | とてもよい | 悪い | 悪い |
# | **学習不足**（underfitting、未学習とも） | 悪い | 悪い | 悪い |
#
# 学習不足は、モデルが単純すぎたり訓練が短すぎたりして、訓練データさえ十分に表せない状態です。
# %% [markdown] lang="en" id="shift-seen" claims="01-shift-hurts-training-images-too"
# In this run, the network trained on 600 images reads new images that are **not moved** with an accuracy of 0.96, close to the 1.00 on its training images: it hardly overfits. And yet, once images are moved, its accuracy falls to about 0.45, on training images and new images alike (with other seeds, too, to about half).
#
# That even training images do badly when moved does not decide the matter. The network trained on 60 images reads new ones with 0.80 (with other seeds, too, at least 0.05 below the one trained on 600), so it clearly overfits; and it cannot read moved training images either. What tells the two apart is **the accuracy on new images that are not moved**. Where that is high and falls when the images are moved, we have distribution shift and not overfitting: a shift by 1 pixel is a change that the network has never learned about. However well a model generalizes, data of a different origin can defeat it.
#
# A table of what resembles what:
#
# | | training data | new data of the same origin | data of a different origin |
# |---|---|---|---|
# | a model that generalizes | good | good | sometimes bad |
# | **overfitting** | very good | bad | bad |
# | **underfitting** | bad | bad | bad |
#
# Underfitting means that a model does not even capture its training data, because it is too simple or was not trained for long enough.

# %% [markdown] lang="ja" id="ex-cases" tags=["exercise"]
# ### 練習3　過学習はどれか
#
# 次のうち、過学習だと考えられるものをすべて選び、`answer = "a, b"`のように答えてください。ラベルはどの場合もすべて正しいとします。
#
# - **a**：訓練データの正解率は99%、同じ日に同じ装置で集めた新しいデータでは71%
# - **b**：訓練データの正解率は62%、新しいデータでは61%
# - **c**：夏の写真で訓練した犬の分類器が、冬になったら雪の写真を間違えるようになった。夏の新しい写真では今もよく当たる
# - **d**：検証損失は30エポック目から上がり続けているのに、訓練損失は下がり続けている
#
# <details><summary>ヒント</summary>
#
# aとbは、上の表のどの行に当たるかを考えてみてください。cでは、夏の新しい写真が「同じ成り立ちの新しいデータ」です。dは、実験2の損失曲線と見比べましょう。
#
# </details>
# %% [markdown] lang="en" id="ex-cases" tags=["exercise"]
# ### Exercise 3: which of these is overfitting?
#
# Choose every case that looks like overfitting, and answer in the form `answer = "a, b"`. All labels are correct in every case.
#
# - **a**: accuracy is 99% on the training data and 71% on new data, collected on the same day with the same device
# - **b**: accuracy is 62% on the training data and 61% on new data
# - **c**: a dog classifier trained on summer photographs begins to fail on snowy ones in winter; on new summer photographs it still does well
# - **d**: the validation loss has been rising since epoch 30, while the training loss goes on falling
#
# <details><summary>Hint</summary>
#
# For a and b, ask which row of the table above they belong to. In c, the new summer photographs are the “new data of the same origin”. Compare d with the loss curves of experiment 2.
#
# </details>

# %% id="ex-cases-answer" tags=["exercise"]
answer = ...

# %% id="ex-cases-solution" tags=["solution"]
answer = "a, d"

# %% [markdown] lang="ja" id="ex-cases-why" tags=["solution"]
# aは表の「過学習」の行です。dは実験2の損失曲線と同じ形です。bは両方とも低いので学習不足、cは同じ成り立ちの（夏の）データではよく当たるので分布のずれです。
# %% [markdown] lang="en" id="ex-cases-why" tags=["solution"]
# a is the row “overfitting” of the table, and d has the shape of the loss curves in experiment 2. In b both are low, which is underfitting. In c the model does well on data of the same origin (summer), so this is distribution shift.

# %% id="ex-cases-check" tags=["check"]
check("01-cases", answer)

# %% [markdown] lang="ja" id="three-question"
# ## 実験5　なぜ2つではなく3つに分けるのか
#
# 訓練に使わないデータを取っておけばよい、と分かりました。では、なぜ検証データとテストデータの2つを用意するのでしょうか。
#
# 乱数シードだけが違うネットワークを、60枚の画像で20個訓練し、50枚の検証データでいちばん正解率の高い1個を選びます。ラベルはどれも正しいものを使います。選ぶときの運を調べたいので、`few.test`の1537枚から50枚を引き直しては選ぶことを200回繰り返します。引いた50枚が検証データの役、残りの1487枚が選ぶのに使わなかった画像の役です。選ばれたネットワークの正解率を、この2つで比べます。
#
# 訓練には`training.sweep`を使います。`{}`は、試す設定がなく、シードだけを変えるという意味です。
#
# **予想してみよう**　選ばれたネットワークの50枚での正解率は、ほかの画像での正解率のよい見積もりでしょうか。それとも、高すぎるでしょうか。
# %% [markdown] lang="en" id="three-question"
# ## Experiment 5: why three parts and not two
#
# Keeping some data out of training is the answer, we said. Then why do we need both validation data and test data?
#
# We train 20 networks on 60 images. They differ only in their random seed. Then we choose the one with the highest accuracy on 50 validation images. All labels are correct this time. To see how much luck there is in such a choice, we make it 200 times. Each time 50 of the 1537 images in `few.test` are drawn to play the validation data; the other 1487 play no part in the choice. We compare the chosen network's accuracy on the two.
#
# `training.sweep` does the training. The `{}` says that there are no settings to try, only seeds.
#
# **Make a guess.** Is the accuracy of the chosen network on the 50 images a good estimate of its accuracy on other images? Or is it too high?

# %% id="three-sweep"
few = data.digits(n_train=60, seed=0)


def build_model(seed):
    return models.classifier(64, 10, units=32, seed=seed)


result = training.sweep(build_model, {}, *few.train, epochs=100, seeds=range(20), progress=False)
images, labels = few.test
predicted = [result.model({}, seed).predict_on_batch(images).argmax(axis=1) for seed in range(20)]
correct = np.array(predicted) == labels

# %% id="three-figure"
rng = np.random.default_rng(0)
on_validation, on_others = [], []
for _ in range(200):
    order = rng.permutation(len(labels))
    validation, others = order[:50], order[50:]
    chosen = correct[:, validation].mean(axis=1).argmax()
    on_validation.append(correct[chosen, validation].mean())
    on_others.append(correct[chosen, others].mean())
plots.plot_selection(on_validation, on_others);

# %% [markdown] lang="ja" id="three-seen" claims="01-choosing-makes-validation-optimistic"
# 1つの点が1回の選択です。横軸は選ぶのに使った50枚での正解率、縦軸はほかの画像での正解率です。点が破線にちょうど乗れば、2つは等しいことになります。ほとんどの点は破線より下にあります。選ぶのに使った50枚での正解率のほうが高いのです。平均（大きい菱形）で見ると、その差は0.05ほどです。
#
# なぜでしょうか。50枚での正解率には、実力のほかに運が含まれます。20個の中からいちばんよいものを選ぶと、**実力があるもの**と同時に、**その50枚でたまたま運がよかったもの**を選んでしまいます。モデルを選ぶことも、検証データを使った小さな学習なのです。選ぶ候補が多いほど、そして検証データが少ないほど、この偏りは大きくなります。
#
# ですから、データは役割で3つに分けます。
#
# | | 何に使うか | 何度使うか |
# |---|---|---|
# | **訓練データ**（training data、学習データとも） | 重みを決める | 何度でも |
# | **検証データ**（validation data、開発データとも） | モデルや設定、止めどきを選ぶ | 何度でも。ただし選ぶたびに、成績が実際よりよく見えるようになる |
# | **テストデータ**（test data） | 最後に成績を報告する | 一度だけ |
# %% [markdown] lang="en" id="three-seen" claims="01-choosing-makes-validation-optimistic"
# Each point is one choice. The horizontal axis is the accuracy on the 50 images that decided it, the vertical axis the accuracy on the other images. For a point exactly on the dashed line, the two are equal. Most points lie below that line: accuracy on the 50 deciding images is higher. On average (the large diamond) the difference is about 0.05.
#
# Why? Accuracy on 50 images is part skill and part luck. Whoever picks the best of 20 picks **skill**, and at the same time **good luck on these 50 images**. To choose a model is to learn a little from the validation data. The more candidates there are, and the fewer the validation data, the larger this bias becomes.
#
# That is why data are split into three parts, by role:
#
# | | what it is for | how often to use it |
# |---|---|---|
# | **training data** | finding the weights | as often as you like |
# | **validation data** | choosing models and settings, and when to stop | as often as you like, but every choice makes the result look better than it is |
# | **test data** | reporting the result | once, at the end |

# %% [markdown] lang="ja" id="ex-smaller" tags=["exercise"]
# ### 練習4　小さくしてみる
#
# 実験2のデータ`digits`で、過学習の少ないネットワークを作ってみましょう。下の`units`に1層のユニット数を入れてください。最後のエポックで、検証損失が実験2のネットワーク（256ユニットが2層）の半分より小さく、検証データの正解率が0.4より高ければ合格です。選ぶのですから、テストデータは使いません。いくつか試してみてください。
#
# <details><summary>ヒント</summary>
#
# ユニットを減らすと、覚える余裕が減ります。減らしすぎると学習不足になります。4、8、16、32あたりを試してみましょう。
#
# </details>
# %% [markdown] lang="en" id="ex-smaller" tags=["exercise"]
# ### Exercise 4: make it smaller
#
# With the data `digits` of experiment 2, build a network that overfits less. Put the number of units of a single hidden layer into `units`. You pass if, in the last epoch, the validation loss is below half of that in experiment 2 (2 layers of 256 units) and the validation accuracy is above 0.4. This is a choice, so test data play no part in it. Try a few values.
#
# <details><summary>Hint</summary>
#
# Fewer units leave less room for memorizing. Too few, and the network underfits. Try values such as 4, 8, 16 or 32.
#
# </details>

# %% id="ex-smaller-answer" tags=["exercise"]
units = ...

# %% id="ex-smaller-solution" tags=["solution"]
units = 8

# %% id="ex-smaller-train"
answer = ...
if units is not ...:
    model = models.classifier(64, 10, units=units, seed=0)
    answer = training.fit(model, *digits.train, validation_data=digits.validation, epochs=120, progress=False)

# %% id="ex-smaller-check" tags=["check"]
check("01-smaller", answer, history)

# %% [markdown] lang="ja" id="quiz-title"
# ## クイズ
#
# 答えだと思う選択肢を押すと、説明が開きます。ほかの選択肢の説明も読んでみてください。
# %% [markdown] lang="en" id="quiz-title"
# ## Quiz
#
# Click the option you think is right and its explanation opens. The explanations of the others are worth reading too.

# %% id="quiz" tags=["quiz", "hide-input"]
quiz("01")

# %% [markdown] lang="ja" id="summary"
# ## まとめ
#
# - **過学習**とは、訓練データにたまたま含まれる特徴まで覚え、同じ成り立ちの新しいデータでの成績が悪くなることです。
# - 訓練損失が下がり続けるのに検証損失が上がり始めたら、そこが過学習の始まりです。
# - 十分に大きいネットワークは、でたらめなラベルさえ覚えます。訓練データの満点は、理解の証拠になりません。
# - データの成り立ちが変わって成績が下がるのは分布のずれ、訓練データさえ表せないのは学習不足で、どちらも過学習とは別のものです。
# - 検証データで選び、テストデータで一度だけ報告します。
#
# 次の課は[02　過学習の原因と対策](02_causes_and_remedies.ipynb)です。原因と対策を1つずつ実験で調べます。
#
# ## もっと知りたい人へ
#
# - Kerasのページ：[model.fitとmodel.evaluate](https://keras.io/api/models/model_training_apis/)
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017). Understanding deep learning requires rethinking generalization. ICLR. [arXiv:1611.03530](https://arxiv.org/abs/1611.03530)
# - D. Arpitほか（2017）. A closer look at memorization in deep networks. ICML. [arXiv:1706.05394](https://arxiv.org/abs/1706.05394)（ネットワークは単純な規則から先に学ぶ、という実験）
# - G. C. Cawley, N. L. C. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
# %% [markdown] lang="en" id="summary"
# ## Summary
#
# - **Overfitting** means that a model has also learned what merely happens to be in its training data, and does worse on new data of the same origin.
# - When the training loss keeps falling and the validation loss begins to rise, overfitting has set in.
# - A network that is large enough will memorize even random labels. A perfect score on the training data is no evidence of understanding.
# - A model that fails because the data have changed suffers from distribution shift; one that does not even capture its training data underfits. Neither is overfitting.
# - Choose on validation data; report on test data, once.
#
# The next lesson is [02 Causes and remedies](02_causes_and_remedies.ipynb): causes of overfitting and its remedies, one experiment at a time.
#
# ## Read more
#
# - On Keras' pages: [model.fit and model.evaluate](https://keras.io/api/models/model_training_apis/)
# - C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017). Understanding deep learning requires rethinking generalization. ICLR. [arXiv:1611.03530](https://arxiv.org/abs/1611.03530)
# - D. Arpit et al. (2017). A closer look at memorization in deep networks. ICML. [arXiv:1706.05394](https://arxiv.org/abs/1706.05394) (experiments showing that networks learn simple patterns first)
# - G. C. Cawley, N. L. C. Talbot (2010). On over-fitting in model selection and subsequent selection bias in performance evaluation. Journal of Machine Learning Research 11, 2079–2107.
